import type { Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import { bare } from '../evaluate/invariance.js';
import type { Scope } from '../evaluate/scope.js';
import { selectTimes } from '../evaluate/select.js';
import type { Call, Expr } from '../syntax/ast.js';
import { LabelSet } from '../values/label-set.js';
import { absent } from './absent.js';
import { clamp, round } from './clamp.js';
import { elementwise } from './elementwise.js';
import { evaluateOverTime } from './evaluate-over-time.js';
import { histogramFraction, histogramQuantile, histogramQuantiles } from './histogram.js';
import { info } from './info.js';
import { mapColumns } from './map-columns.js';
import { overTime } from './over-time.js';
import { labelJoin, labelReplace } from './relabel.js';
import { sort } from './sort.js';
import { atSeconds, ofTime } from './time-parts.js';

type OfCall = (call: Call, scope: Scope) => Column[];

/** Functions that are neither over time nor of each number alone. */
const special: ReadonlyMap<string, OfCall> = new Map<string, OfCall>([
  ['absent', ({ args }, scope) => absent(args[0] as Expr, scope)],
  ['clamp', clamp],
  ['clamp_max', clamp],
  ['clamp_min', clamp],
  // There are no native histograms, and these are of nothing else.
  ...['avg', 'count', 'stddev', 'stdvar', 'sum'].map((name) => [`histogram_${name}`, ofNothing] as const),
  ['histogram_fraction', histogramFraction],
  ['histogram_quantile', histogramQuantile],
  ['histogram_quantiles', histogramQuantiles],
  ['info', info],
  ['label_join', labelJoin],
  ['label_replace', labelReplace],
  ['round', round],
  ['sort', sort],
  ['sort_by_label', sort],
  ['sort_by_label_desc', sort],
  ['sort_desc', sort],
  // Samples do not say when their counters started.
  ['start_timestamp', ofNothing],
  ['timestamp', timestamp],
  ['vector', ({ args }, scope) => [constant(scope.scalar(args[0] as Expr))]],
]);

/** The vector that a call gives. */
export function evaluateCall(call: Call, scope: Scope): Column[] {
  const { name, args } = call;
  if (overTime.has(name)) return evaluateOverTime(call, scope);
  const evaluate = special.get(name);
  if (evaluate) return evaluate(call, scope);
  const compute = elementwise.get(name);
  if (compute) return mapColumns(scope.vector(args[0] as Expr), scope, compute);
  const read = ofTime.get(name);
  if (!read) throw new TypeError(`the function ${name} gives no vector`);
  const [time] = args;
  if (time) return mapColumns(scope.vector(time), scope, atSeconds(read));
  const now = new Float64Array(scope.steps).map((_, step) => atSeconds(read)(scope.timeAt(step) / 1_000));
  return [constant(now)];
}

function constant(values: Float64Array): Column {
  return { labels: LabelSet.empty, values, present: new Uint8Array(values.length).fill(1), dropName: false };
}

function ofNothing({ args }: Call, scope: Scope): Column[] {
  scope.vector(args[0] as Expr);
  return [];
}

/** The times of the samples themselves, where a selector stands in the call; else those of the steps. */
function timestamp({ args }: Call, scope: Scope): Column[] {
  const arg = bare(args[0] as Expr);
  if (arg.kind === 'vector-selector' && !arg.extension) return mergeEqual(selectTimes(arg, scope));
  return mapColumns(scope.vector(arg), scope, (_, step) => scope.timeAt(step) / 1_000);
}
