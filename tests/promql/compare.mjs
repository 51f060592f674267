const RELATIVE = 1e-9;
/** What is left where numbers that are the same but for their last bit are taken from each other. */
const ROUNDING = 1e-12;

/** In what two answers differ; undefined if in nothing. Both may refuse, in whatever words. */
export function compare(theirs, ours) {
  if (theirs.status !== ours.status) return `${shown(theirs)} | ours: ${shown(ours)}`;
  if (theirs.status === 'error') return undefined;
  const [a, b] = [theirs.data, ours.data];
  if (a.resultType !== b.resultType) return `${a.resultType} | ours: ${b.resultType}`;
  if (a.resultType === 'scalar') return isSame(a.result, b.result) ? undefined : `${a.result} | ours: ${b.result}`;
  if (a.resultType === 'string') return a.result[1] === b.result[1] ? undefined : `${a.result} | ours: ${b.result}`;
  return compareSeries(a.result, b.result);
}

function compareSeries(theirs, ours) {
  const found = new Map(ours.map((series) => [keyOf(series.metric), series]));
  for (const one of theirs) {
    const key = keyOf(one.metric);
    const other = found.get(key);
    if (!other) return `${key} is missing`;
    found.delete(key);
    const [a, b] = [one, other].map(({ values, value }) => values ?? [value]);
    if (a.length !== b.length) return `${key} has ${a.length} points | ours: ${b.length}`;
    const at = a.findIndex((point, i) => !isSame(point, b[i]));
    if (at >= 0) return `${key} is ${a[at]} | ours: ${b[at]}`;
  }
  const [more] = found.keys();
  return more && `${more} is too much`;
}

function keyOf(metric) {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isSame([timeA, a], [timeB, b]) {
  if (Math.abs(timeA - timeB) > 1e-6) return false;
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= Math.max(ROUNDING, RELATIVE * Math.max(Math.abs(x), Math.abs(y)));
}

const shown = ({ status, error, data }) => (status === 'error' ? `error ${error}` : `${data.resultType}`);
