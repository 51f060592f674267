import type { Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import type { Call, Expr } from '../syntax/ast.js';
import { mapColumns } from './map-columns.js';

/** Values between a least and a most; nothing where the least is more than the most. */
export function clamp({ name, args }: Call, scope: Scope): Column[] {
  const [vector, first, second] = args as [Expr, Expr, Expr | undefined];
  const bound = scope.scalar(first);
  const open = new Float64Array(scope.steps);
  const least = name === 'clamp_max' ? open.fill(-Infinity) : bound;
  const most = name === 'clamp' ? scope.scalar(second as Expr) : name === 'clamp_max' ? bound : open.fill(Infinity);
  const columns = mapColumns(scope.vector(vector), scope, (value, step) =>
    maxOf(least[step] as number, minOf(most[step] as number, value)),
  );
  return columns.flatMap((column) => {
    const present = column.present.map((one, step) => ((most[step] as number) < (least[step] as number) ? 0 : one));
    return present.includes(1) ? [{ ...column, present }] : [];
  });
}

/** The greater one: infinity is that also of NaN. */
export function maxOf(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** The smaller one: minus infinity is that also of NaN. */
export function minOf(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

/** The nearest multiple of a step, upwards from the middle. */
export function round({ args }: Call, scope: Scope): Column[] {
  const [vector, step] = args as [Expr, Expr | undefined];
  const nearest = step ? scope.scalar(step) : new Float64Array(scope.steps).fill(1);
  return mapColumns(scope.vector(vector), scope, (value, at) => {
    const inverse = 1 / (nearest[at] as number);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}
