const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^xuU0-7])/g;
const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

/** The text of a literal in double quotes, single quotes or backticks, with Go's escapes; undefined for what is none. */
export function unquote(literal: string): string | undefined {
  const quote = literal.charAt(0);
  if (literal.length < 2 || !literal.endsWith(quote)) return undefined;
  const inside = literal.slice(1, -1);
  if (quote === '`') return inside.includes('`') ? undefined : inside;
  const rest = inside.replace(ESCAPE, '');
  if (rest.includes('\\') || rest.includes('\n') || rest.includes(quote)) return undefined;
  return unescape(inside);
}

/** Octal and hexadecimal escapes are bytes of UTF-8, so the text is put together from bytes. */
function unescape(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  const parts: Buffer[] = [];
  let end = 0;
  for (const match of text.matchAll(ESCAPE)) {
    parts.push(Buffer.from(text.slice(end, match.index)));
    const bytes = bytesOf(match[0].slice(1));
    if (!bytes) return undefined;
    parts.push(bytes);
    end = match.index + match[0].length;
  }
  parts.push(Buffer.from(text.slice(end)));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    // Labels and texts are characters, not bytes.
    return undefined;
  }
}

function bytesOf(escape: string): Buffer | undefined {
  const kind = escape.charAt(0);
  if (kind === 'x') return Buffer.of(Number.parseInt(escape.slice(1), 16));
  if (kind === 'u' || kind === 'U') {
    const code = Number.parseInt(escape.slice(1), 16);
    return code <= 0x10ffff ? Buffer.from(String.fromCodePoint(code)) : undefined;
  }
  if (/^[0-7]/.test(kind)) {
    const code = Number.parseInt(escape, 8);
    return code <= 0xff ? Buffer.of(code) : undefined;
  }
  const simple = SIMPLE.get(kind);
  return simple === undefined ? undefined : Buffer.from(simple);
}
