import { QueryPlan, markStale, parseQuery, PromqlError } from '@scm/promql';

/** Asks a server that speaks Prometheus's HTTP API; `{status, data | error}`. */
export function httpSide(base, headers = {}) {
  return async ({ query, startMs, endMs, stepMs }) => {
    const isRange = stepMs > 0;
    const times = isRange
      ? { start: startMs / 1_000, end: endMs / 1_000, step: stepMs / 1_000 }
      : { time: endMs / 1_000 };
    const response = await fetch(`${base}/api/v1/${isRange ? 'query_range' : 'query'}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ query, ...times }),
    });
    if (response.status >= 500) throw new Error(`${query}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}

/** Asks the engine alone, which also knows what no JSON door takes. */
export function engineSide(all) {
  const series = all.map(({ labels, samples }) => {
    const [times, values] = [Float64Array.from(samples, ([time]) => time), new Float64Array(samples.length)];
    samples.forEach(([, value], i) => (value === 'stale' ? markStale(values, i) : (values[i] = value)));
    return { labels, times, values };
  });
  return async ({ query, startMs, endMs, stepMs }) => {
    try {
      const plan = new QueryPlan(query, parseQuery(query), { startMs, endMs, stepMs }, { compat: '2.x' });
      return { status: 'success', data: dataOf(plan.evaluate(plan.requests.map((one) => read(series, one))), endMs) };
    } catch (error) {
      if (error instanceof PromqlError) return { status: 'error', error: error.message };
      throw error;
    }
  };
}

function read(series, { matchers, fromMs, toMs }) {
  return series.flatMap(({ labels, times, values }) => {
    if (!matchers.every(({ label, test }) => test(labels[label] ?? ''))) return [];
    const from = times.findIndex((time) => time > fromMs);
    const after = times.findIndex((time) => time > toMs);
    if (from < 0 || after === 0) return [];
    const to = after < 0 ? times.length : after;
    return [{ labels, times: times.subarray(from, to), values: values.subarray(from, to) }];
  });
}

function dataOf(result, endMs) {
  const point = (time, value) => [time / 1_000, textOf(value)];
  switch (result.type) {
    case 'scalar':
    case 'string':
      return { resultType: result.type, result: point(endMs, result.value) };
    case 'vector':
      return {
        resultType: 'vector',
        result: result.samples.map(({ labels, value }) => ({ metric: labels, value: point(endMs, value) })),
      };
    default:
      return {
        resultType: 'matrix',
        result: result.series.map(({ labels, times, values }) => ({
          metric: labels,
          values: Array.from(times, (time, i) => point(time, values[i])),
        })),
      };
  }
}

function textOf(value) {
  if (typeof value === 'string') return value;
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
}
