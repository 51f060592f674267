import { ExpressionError } from './expression-error.js';
import { isDict, shown, typeOf } from './values.js';

/** What `@json` and its kin make of a value. */
export function format(name: string, value: unknown): string {
  switch (name) {
    case '@text':
      return textOf(value);
    case '@json':
      return JSON.stringify(value ?? null);
    case '@html':
      return textOf(value).replace(/[<>&'"]/g, (c) => ENTITIES[c] ?? c);
    case '@uri':
      return encodeURIComponent(textOf(value)).replace(
        /[!'()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    case '@urid':
      return decodeUri(textOf(value));
    case '@csv':
      return row(value, 'csv', (item) => `"${item.replaceAll('"', '""')}"`).join(',');
    case '@tsv':
      return row(value, 'tsv', escapeTab).join('\t');
    case '@sh':
      return (Array.isArray(value) ? value : [value]).map(shellWord).join(' ');
    case '@base64':
      return Buffer.from(textOf(value)).toString('base64');
    case '@base64d':
      return decodeBase64(value);
    default:
      throw new ExpressionError(`${name.slice(1)} is not a valid format`);
  }
}

/** A text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;' };

function row(value: unknown, name: string, quoted: (item: string) => string): string[] {
  if (!Array.isArray(value))
    throw new ExpressionError(`${shown(value)} cannot be ${name}-formatted, only an array can be`);
  return value.map((item: unknown) => {
    if (typeof item === 'string') return quoted(item);
    if (Array.isArray(item) || isDict(item)) {
      throw new ExpressionError(`${shown(item)} is not valid in a csv row`);
    }
    return item === null ? '' : JSON.stringify(item);
  });
}

function escapeTab(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function shellWord(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", `'\\''`)}'`;
  if (Array.isArray(value) || isDict(value)) {
    throw new ExpressionError(`${shown(value)} can not be escaped for shell`);
  }
  return JSON.stringify(value ?? null);
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ExpressionError(`${shown(text)} is not a valid uri encoding`);
  }
}

function decodeBase64(value: unknown): string {
  const text = textOf(value);
  if (typeOf(value) === 'string' && text !== '' && !/[A-Za-z0-9+/]/.test(text)) {
    throw new ExpressionError(`${shown(value)} is not valid base64 data`);
  }
  return Buffer.from(text, 'base64').toString();
}
