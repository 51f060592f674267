import type { ValueType } from './ast.js';

export interface Signature {
  readonly args: readonly ValueType[];
  readonly returns: ValueType;
  /** How many arguments more than listed there may be, of the last type, the last being optional; -1 means any number. */
  readonly variadic: number;
}

const ofVector =
  'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_stddev ' +
  'histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt start_timestamp tan tanh timestamp';
const ofMatrix =
  'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time ' +
  'mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time ' +
  'ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time';
const ofTime = 'day_of_month day_of_week day_of_year days_in_month hour minute month year';
const ofQuery = 'end pi range start step time';

const others: [name: string, args: string, returns: ValueType, variadic?: number][] = [
  ['clamp', 'vector scalar scalar', 'vector'],
  ['clamp_max', 'vector scalar', 'vector'],
  ['clamp_min', 'vector scalar', 'vector'],
  ['double_exponential_smoothing', 'matrix scalar scalar', 'vector'],
  ['histogram_fraction', 'scalar scalar vector', 'vector'],
  ['histogram_quantile', 'scalar vector', 'vector'],
  ['histogram_quantiles', 'vector string scalar scalar', 'vector', 9],
  ['info', 'vector vector', 'vector', 1],
  ['label_join', 'vector string string string', 'vector', -1],
  ['label_replace', 'vector string string string string', 'vector'],
  ['max_of', 'scalar scalar', 'scalar'],
  ['min_of', 'scalar scalar', 'scalar'],
  ['predict_linear', 'matrix scalar', 'vector'],
  ['quantile_over_time', 'scalar matrix', 'vector'],
  ['round', 'vector scalar', 'vector', 1],
  ['scalar', 'vector', 'scalar'],
  ['sort_by_label', 'vector string', 'vector', -1],
  ['sort_by_label_desc', 'vector string', 'vector', -1],
  ['vector', 'scalar', 'vector'],
];

/** What each function takes and gives. */
export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...entries(ofVector, ['vector'], 'vector'),
  ...entries(ofMatrix, ['matrix'], 'vector'),
  ...entries(ofTime, ['vector'], 'vector', 1),
  ...entries(ofQuery, [], 'scalar'),
  ...others.flatMap(([name, args, returns, variadic]) =>
    entries(name, args.split(' ') as ValueType[], returns, variadic),
  ),
]);

function entries(names: string, args: readonly ValueType[], returns: ValueType, variadic = 0): [string, Signature][] {
  return names.split(' ').map((name) => [name, { args, returns, variadic }]);
}
