import type { Scanner } from './scanner.js';

const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`/y;
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^xuU0-7])/g;
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** A text in double quotes, single quotes or backticks, with Go's escapes, if one stands here. */
export function takeText(scanner: Scanner): string | undefined {
  const quoted = scanner.peek(QUOTED);
  if (quoted === undefined) return undefined;
  const inside = quoted.slice(1, -1);
  const text = quoted.startsWith('`') ? inside : unescape(inside, scanner);
  scanner.take(QUOTED);
  return text;
}

function unescape(text: string, scanner: Scanner): string {
  if (text.replace(ESCAPE, '').includes('\\')) scanner.fail('the text has an unknown escape');
  return text.replace(ESCAPE, (escape) => {
    const kind = escape.charAt(1);
    const digits = escape.slice(kind === 'x' || kind === 'u' || kind === 'U' ? 2 : 1);
    if (!/^[xuU0-7]$/.test(kind)) return SIMPLE[kind] ?? scanner.fail(`the text has the unknown escape ${escape}`);
    const code = Number.parseInt(digits, digits === escape.slice(1) ? 8 : 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : scanner.fail(`${escape} is no character`);
  });
}
