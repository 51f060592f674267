import type { Builtin } from '../builtins.js';
import { ExpressionError } from '../expression-error.js';
import { shown } from '../values.js';
import { plain } from './plain.js';

/** Filters about time, always in UTC. */
export const dateBuiltins: Record<string, Builtin> = {
  'now/0': { apply: (_args, { env, emit }) => emit(env.now / 1_000, null) },
  'gmtime/0': plain((input) => brokenDown(dateOf(input))),
  'mktime/0': plain((input) => Math.floor(dateOf(input).getTime() / 1_000)),
  'strftime/1': plain((input, format) => formatted(dateOf(input), String(format))),
  'strptime/1': plain((input, format) => brokenDown(parsed(input, String(format)))),
};

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** Unix seconds, or the broken down time of `gmtime`. */
function dateOf(value: unknown): Date {
  if (typeof value === 'number') return new Date(Math.trunc(value * 1_000));
  if (!Array.isArray(value) || value.length < 6 || value.some((part) => typeof part !== 'number')) {
    throw new ExpressionError(`${shown(value)} is no time: Unix seconds or a broken down time is needed`);
  }
  const [year = 0, month = 0, day = 1, hours = 0, minutes = 0, seconds = 0] = value as number[];
  return new Date(Date.UTC(year, month, day, hours, minutes, Math.floor(seconds)));
}

function brokenDown(date: Date): number[] {
  const seconds = date.getUTCSeconds() + date.getUTCMilliseconds() / 1_000;
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return [year, month, day, date.getUTCHours(), date.getUTCMinutes(), seconds, date.getUTCDay(), dayOfYear(date)];
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

function formatted(date: Date, format: string): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const parts: Record<string, () => string> = {
    Y: () => String(date.getUTCFullYear()),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2, ' '),
    H: () => two(date.getUTCHours()),
    I: () => two(date.getUTCHours() % 12 || 12),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    p: () => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
    j: () => String(dayOfYear(date) + 1).padStart(3, '0'),
    A: () => DAYS[date.getUTCDay()] ?? '',
    a: () => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()] ?? '',
    b: () => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    s: () => String(Math.floor(date.getTime() / 1_000)),
    Z: () => 'UTC',
    z: () => '+0000',
    F: () => formatted(date, '%Y-%m-%d'),
    T: () => formatted(date, '%H:%M:%S'),
    R: () => formatted(date, '%H:%M'),
    D: () => formatted(date, '%m/%d/%y'),
    c: () => formatted(date, '%a %b %e %H:%M:%S %Y'),
    '%': () => '%',
  };
  return format.replace(/%(.)/g, (all, name: string) => parts[name]?.() ?? all);
}

const READ: Record<string, string> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  Z: '(?:UTC|GMT|Z)',
  z: '(?<z>[+-]\\d{2}:?\\d{2}|Z)',
  b: `(?<b>${MONTHS.map((name) => name.slice(0, 3)).join('|')})`,
  B: `(?<b>${MONTHS.join('|')})`,
  a: '(?:[A-Z][a-z]{2})',
  A: '(?:[A-Z][a-z]+)',
  e: '\\s*(?<d>\\d{1,2})',
};

function parsed(value: unknown, format: string): Date {
  const fault = new ExpressionError(`date ${JSON.stringify(value)} does not match format ${JSON.stringify(format)}`);
  if (typeof value !== 'string' || format.length > 128) throw fault;
  const whole = format.replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d');
  const source = whole.replace(/%(.)|([.*+?^${}()|[\]\\])/g, (_, name?: string, special?: string) =>
    name === undefined ? `\\${special}` : (READ[name] ?? `%${name}`),
  );
  const found = patternOf(source, fault).exec(value)?.groups;
  if (!found) throw fault;
  const number = (name: string, otherwise = 0) => (found[name] === undefined ? otherwise : Number(found[name]));
  const month = found.b ? MONTHS.findIndex((name) => name.startsWith(found.b ?? '')) : number('m', 1) - 1;
  const utc = Date.UTC(number('Y', 1900), month, number('d', 1), number('H'), number('M'), number('S'));
  return new Date(utc);
}

function patternOf(source: string, fault: ExpressionError): RegExp {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    throw fault;
  }
}
