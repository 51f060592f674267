import type { Builtin } from '../builtins.js';
import { ExpressionError } from '../expression-error.js';
import { shown } from '../values.js';
import { plain } from './plain.js';

const functions: Record<string, (x: number) => number> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => Math.sign(x) * Math.round(Math.abs(x)),
  trunc: Math.trunc,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  exp10: (x) => 10 ** x,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  fabs: Math.abs,
};

/** Filters about numbers. */
export const numberBuiltins: Record<string, Builtin> = {
  ...Object.fromEntries(
    Object.entries(functions).map(([name, f]) => [`${name}/0`, plain((input) => finite(f(number(input))))]),
  ),
  'pow/2': plain((_input, base, exponent) => finite(number(base) ** number(exponent))),
  'atan2/2': plain((_input, y, x) => Math.atan2(number(y), number(x))),
  'fmin/2': plain((_input, a, b) => Math.min(number(a), number(b))),
  'fmax/2': plain((_input, a, b) => Math.max(number(a), number(b))),
  'tonumber/0': plain((input) => {
    if (typeof input === 'number') return input;
    const text = typeof input === 'string' ? input : '';
    const value = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(value)) throw new ExpressionError(`${shown(input)} cannot be parsed as a number`);
    return value;
  }),
  'infinite/0': plain(() => Number.MAX_VALUE),
  'nan/0': plain(() => null),
  'isinfinite/0': plain((input) => Math.abs(number(input)) === Number.MAX_VALUE),
  'isnan/0': plain((input) => Number.isNaN(number(input))),
  'isnormal/0': plain((input) => number(input) !== 0 && Number.isFinite(number(input))),
  'toboolean/0': plain((input) => {
    if (typeof input === 'boolean') return input;
    if (input === 'true' || input === 'false') return input === 'true';
    throw new ExpressionError(`${shown(input)} cannot be parsed as a boolean`);
  }),
};

function number(value: unknown): number {
  if (typeof value !== 'number') throw new ExpressionError(`${shown(value)} number required`);
  return value;
}

/** JSON has no infinity: the largest number stands for it, as in what jq prints. */
function finite(value: number): number | null {
  if (Number.isNaN(value)) return null;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}
