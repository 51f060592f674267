import { RE2JS } from 're2js';
import type { Builtin } from '../builtins.js';
import { ExpressionError } from '../expression-error.js';
import { textOf } from '../formats.js';
import { bounded, shown } from '../values.js';
import { plain } from './plain.js';

/** Filters about texts. Patterns are RE2's, which no text can make slow. */
export const textBuiltins: Record<string, Builtin> = {
  'tostring/0': plain(textOf),
  'startswith/1': plain((input, start) => pair(input, start, 'startswith').startsWith(String(start))),
  'endswith/1': plain((input, end) => pair(input, end, 'endswith').endsWith(String(end))),
  'ltrimstr/1': plain((input, start) => {
    const text = pair(input, start, 'startswith');
    return text.startsWith(String(start)) ? text.slice(String(start).length) : text;
  }),
  'rtrimstr/1': plain((input, end) => {
    const text = pair(input, end, 'endswith');
    return end !== '' && text.endsWith(String(end)) ? text.slice(0, -String(end).length) : text;
  }),
  'utf8bytelength/0': plain((input) => Buffer.byteLength(only(input, 'measured: only strings have UTF-8 byte length'))),
  'trim/0': plain((input) => only(input, 'trimmed').trim()),
  'ltrim/0': plain((input) => only(input, 'trimmed').trimStart()),
  'rtrim/0': plain((input) => only(input, 'trimmed').trimEnd()),
  'explode/0': plain((input) => Array.from(only(input, 'exploded'), (c) => c.codePointAt(0))),
  'implode/0': plain((input) => {
    if (!Array.isArray(input)) throw new ExpressionError('implode input must be an array');
    return input.map((code: unknown) => letter(code)).join('');
  }),
  'split/1': plain((input, separator) => {
    if (typeof input !== 'string' || typeof separator !== 'string') {
      throw new ExpressionError('split input and separator must be strings');
    }
    return input === '' ? [] : separator === '' ? Array.from(input) : input.split(separator);
  }),
  'split/2': plain((input, pattern, flags) => {
    const text = only(input, 'matched, as it is not a string');
    let at = 0;
    const parts: string[] = [];
    for (const { start, end } of found(text, pattern, `g${typeof flags === 'string' ? flags : ''}`)) {
      parts.push(text.slice(at, start));
      at = end;
    }
    return [...parts, text.slice(at)];
  }),
  'join/1': plain((input, separator) => {
    if (!Array.isArray(input)) throw new ExpressionError(`Cannot iterate over ${shown(input)}`);
    if (input.length === 0) return '';
    return bounded(input.map((item: unknown) => joinable(item)).join(only(separator, 'a separator')));
  }),
  'test/2': plain((input, pattern, flags) => found(only(input, 'matched'), ...patternOf(pattern, flags)).length > 0),
  'match/2': {
    apply([pattern, flags], { input, emit, call }) {
      if (!pattern || !flags) return;
      call(flags, input, null, (given) =>
        call(pattern, input, null, (re) => {
          const text = only(input, 'matched, as it is not a string');
          for (const match of found(text, ...patternOf(re, given))) emit(shownMatch(text, match), null);
        }),
      );
    },
  },
};

interface Match {
  start: number;
  end: number;
  captures: { name: string | null; start: number; end: number }[];
}

/** `[pattern, flags]` may come as one list. */
function patternOf(pattern: unknown, flags: unknown): [unknown, string] {
  const [re, own] = Array.isArray(pattern) ? (pattern as unknown[]) : [pattern, flags];
  return [re, typeof own === 'string' ? own : ''];
}

function found(text: string, pattern: unknown, flags: string): Match[] {
  const re = compiled(only(pattern, 'matched, as it is not a string'), flags);
  const names = new Map(Object.entries(re.namedGroups()).map(([name, group]) => [Number(group), name]));
  const matcher = re.matcher(text);
  const matches: Match[] = [];
  while (matcher.find()) {
    const captures = Array.from({ length: matcher.groupCount() }, (_, i) => ({
      name: names.get(i + 1) ?? null,
      start: matcher.start(i + 1),
      end: matcher.end(i + 1),
    }));
    matches.push({ start: matcher.start(), end: matcher.end(), captures });
    if (!flags.includes('g')) break;
  }
  return matches.filter(({ start, end }) => !flags.includes('n') || end > start);
}

function compiled(pattern: string, flags: string): RE2JS {
  const unknown = /[^gimnpslx]/.exec(flags)?.[0];
  if (unknown) throw new ExpressionError(`${flags} is not a valid modifier string`);
  const bits = (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (/[sp]/.test(flags) ? RE2JS.DOTALL : 0);
  try {
    return RE2JS.compile(flags.includes('x') ? pattern.replace(/\s+|#.*$/gm, '') : pattern, bits);
  } catch (error) {
    throw new ExpressionError(`${pattern} is not a valid pattern: ${error instanceof Error ? error.message : ''}`);
  }
}

function shownMatch(text: string, { start, end, captures }: Match): object {
  return {
    ...place(text, start, end),
    captures: captures.map((capture) => ({ ...place(text, capture.start, capture.end), name: capture.name })),
  };
}

/** Offsets count letters, not UTF-16 units. */
function place(text: string, start: number, end: number): object {
  if (start < 0) return { offset: -1, length: 0, string: null };
  const string = text.slice(start, end);
  return { offset: Array.from(text.slice(0, start)).length, length: Array.from(string).length, string };
}

function joinable(item: unknown): string {
  if (typeof item === 'object' && item !== null) throw new ExpressionError(`Cannot join with ${shown(item)}`);
  return item === null ? '' : textOf(item);
}

function letter(code: unknown): string {
  if (typeof code !== 'number' || code < 0 || code > 0x10ffff)
    throw new ExpressionError('Unicode codepoint must be numeric');
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code);
}

function pair(a: unknown, b: unknown, name: string): string {
  if (typeof a !== 'string' || typeof b !== 'string') throw new ExpressionError(`${name}() requires string inputs`);
  return a;
}

function only(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new ExpressionError(`${shown(value)} cannot be ${what}`);
  return value;
}
