import { goNumber } from './humanize.js';
import { TemplateFault } from './template-fault.js';
import { textOf, type Value } from './value.js';

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;
const MAX_WIDTH = 256;

/** Go's Printf, for the verbs that make sense for labels and numbers. */
export function printf(format: string, args: readonly Value[]): string {
  let next = 0;
  return format.replace(VERB, (whole, flags: string, width?: string, digits?: string, verb = '') => {
    if (verb === '%') return '%';
    if (next >= args.length) return `%!${verb}(MISSING)`;
    const text = formatted(args[next++], verb, flags, digits === undefined ? undefined : Number(digits));
    if (text === undefined) throw new TemplateFault(`uses printf with ${whole}, which is not supported`);
    return padded(text, flags, Math.min(Number(width ?? 0), MAX_WIDTH));
  });
}

function formatted(value: Value, verb: string, flags: string, digits?: number): string | undefined {
  const number = Number(value);
  const signed = (text: string) => (flags.includes('+') && number >= 0 ? `+${text}` : text);
  const bounded = Math.min(digits ?? 6, 100);
  switch (verb) {
    case 'v':
      return textOf(value);
    case 's':
      return textOf(value).slice(0, digits);
    case 'q':
      return JSON.stringify(textOf(value));
    case 't':
      return String(Boolean(value));
    case 'd':
      return signed(goNumber(Math.trunc(number)));
    case 'x':
      return signed(Math.trunc(number).toString(16));
    case 'X':
      return signed(Math.trunc(number).toString(16).toUpperCase());
    case 'f':
    case 'F':
      return signed(Number.isFinite(number) ? number.toFixed(bounded) : goNumber(number));
    case 'e':
    case 'E':
      return signed(exponential(number, bounded, verb));
    case 'g':
    case 'G':
      return signed(goNumber(number, digits === undefined ? undefined : Math.max(1, digits)));
    default:
      return undefined;
  }
}

function exponential(number: number, digits: number, verb: string): string {
  if (!Number.isFinite(number)) return goNumber(number);
  return number
    .toExponential(digits)
    .replace(/e([+-])(\d)$/, 'e$10$2')
    .replace('e', verb);
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  const isNumber = /^[-+]?\d/.test(text);
  if (!flags.includes('0') || !isNumber) return text.padStart(width);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}
