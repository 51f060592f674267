import { operationIn } from '../calls/openapi-document.js';
import { decide } from '../steps/rules.js';
import { pointsOf, type Series } from '../steps/series.js';
import { statisticsOf } from '../steps/statistics.js';
import { summaryOf } from '../steps/summary.js';
import { transform } from '../steps/transform.js';

/** What steps compute themselves, of arguments whose form was checked. They throw ServiceError that names what is wrong. */
export const computations = {
  transform: ({ source, operations }: { source: unknown; operations: unknown[] }): unknown =>
    transform(source, operations),
  decide: ({ rules, otherwise }: { rules: unknown[]; otherwise: unknown }): unknown => decide(rules, otherwise),
  statistics: ({ values, percentiles }: { values: unknown[]; percentiles: number[] }): unknown =>
    statisticsOf(pointsOf(values, 'values'), percentiles),
  operation: ({ text, operationId }: { text: string; operationId: string }): unknown => operationIn(text, operationId),
  summary: ({ series, percentiles }: { series: Series[]; percentiles: number[] }): unknown =>
    summaryOf(series, percentiles),
};

export type Computation = keyof typeof computations;

/** One thing to compute. */
export interface Job<Name extends Computation = Computation> {
  name: Name;
  args: Parameters<(typeof computations)[Name]>[0];
}

export function compute({ name, args }: Job): unknown {
  return (computations[name] as (args: object) => unknown)(args);
}
