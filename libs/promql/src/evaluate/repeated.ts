import type { Column } from './column.js';
import type { Scope } from './scope.js';

/** A series of one step at all steps. */
export function repeated(column: Column, { run, steps }: Scope): Column {
  run.budget.spend(steps);
  return {
    ...column,
    values: new Float64Array(steps).fill(column.values[0] as number),
    present: new Uint8Array(steps).fill(column.present[0] as number),
  };
}
