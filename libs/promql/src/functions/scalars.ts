import { binaryOperators } from '../binary/arithmetic.js';
import type { Scope } from '../evaluate/scope.js';
import type { Call, Expr } from '../syntax/ast.js';
import { maxOf, minOf } from './clamp.js';

/** The numbers of a scalar expression, one for each step. */
export function evaluateScalar(expr: Expr, scope: Scope): Float64Array {
  const made = new Float64Array(scope.steps);
  switch (expr.kind) {
    case 'number':
      return made.fill(expr.value);
    case 'paren':
      return evaluateScalar(expr.inner, scope);
    case 'unary': {
      const values = evaluateScalar(expr.inner, scope);
      return expr.operator === '-' ? values.map((value) => -value) : values;
    }
    case 'binary': {
      const [left, right] = [scope.scalar(expr.left), scope.scalar(expr.right)];
      const { compute, compare } = binaryOperators.get(expr.operator) ?? {};
      const apply = compute ?? ((a: number, b: number) => (compare?.(a, b) ? 1 : 0));
      return made.map((_, step) => apply(left[step] as number, right[step] as number));
    }
    case 'call':
      return called(expr, scope, made);
    default:
      throw new TypeError(`${expr.kind} is no scalar`);
  }
}

function called({ name, args }: Call, scope: Scope, made: Float64Array): Float64Array {
  const { startMs, endMs, stepMs } = scope.run.times;
  switch (name) {
    case 'time':
      return made.map((_, step) => scope.timeAt(step) / 1_000);
    case 'pi':
      return made.fill(Math.PI);
    case 'start':
      return made.fill(startMs / 1_000);
    case 'end':
      return made.fill(endMs / 1_000);
    case 'range':
      return made.fill((endMs - startMs) / 1_000);
    case 'step':
      return made.fill(startMs === endMs ? 0 : stepMs / 1_000);
    case 'scalar':
      return onlyValues(args[0] as Expr, scope, made);
    case 'max_of':
    case 'min_of': {
      const [a, b] = args.map((arg) => scope.scalar(arg)) as [Float64Array, Float64Array];
      const pick = name === 'max_of' ? maxOf : minOf;
      return made.map((_, step) => pick(a[step] as number, b[step] as number));
    }
    default:
      throw new TypeError(`${name} gives no scalar`);
  }
}

/** The value of a vector's only element; NaN where it has none or several. */
function onlyValues(vector: Expr, scope: Scope, made: Float64Array): Float64Array {
  const counts = new Uint32Array(scope.steps);
  for (const { values, present } of scope.vector(vector)) {
    for (let step = 0; step < made.length; step++) {
      if (present[step] === 0) continue;
      counts[step] = (counts[step] as number) + 1;
      made[step] = values[step] as number;
    }
  }
  return made.map((value, step) => (counts[step] === 1 ? value : NaN));
}
