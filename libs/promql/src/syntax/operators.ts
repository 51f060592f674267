export const arithmeticOperators: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^', 'atan2']);
export const comparisonOperators: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
/** They cut native histograms, which there are none of: what they are given are numbers, and they give nothing. */
export const histogramOperators: ReadonlySet<string> = new Set(['</', '>/']);
export const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** Aggregations that take a number, or for count_values a text, before the vector. */
export const aggregationsWithParam: ReadonlySet<string> = new Set([
  'bottomk',
  'count_values',
  'limit_ratio',
  'limitk',
  'quantile',
  'topk',
]);
