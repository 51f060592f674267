/**
 * What Prometheus 2.42 and the language of 3.x differ in, also where we answer as 2.x: such queries are not compared, and
 * counted by their reason.
 */
export const differences = [
  {
    reason: 'label names may be any UTF-8 text since 3.0',
    test: (query) => /label_(replace|join)\([^)]*"~invalid"/.test(query),
  },
  {
    reason: 'buckets of several metrics are one histogram in 2.x, and several since 2.51',
    test: (query) => /histogram_quantile\([^)]*__name__=~/.test(query),
  },
  {
    reason: 'the window of predict_linear at a fixed time moved with the steps of a range in 2.x',
    test: (query) => /predict_linear\([^,]*@/.test(query),
  },
  {
    reason: 'series that a sign makes equal were refused in 2.x, and are one in 3.x if they never meet',
    test: (query) => /-\(.*\bor\b/.test(query),
  },
  {
    reason: 'timestamp overlooks the offset from a fixed time in Prometheus, in 3.x too',
    test: (query) => /timestamp\([^()]*@[^()]*(\(\))? offset/.test(query),
  },
  {
    reason: 'atan2 kept the name of the metric in 2.x',
    test: (query) => /atan2/.test(query) && !/-\(.*atan2/.test(query),
  },
];

export function differenceOf(query) {
  return differences.find(({ test }) => test(query))?.reason;
}
