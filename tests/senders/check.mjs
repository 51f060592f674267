const RANGE = '1h';

/** Acknowledged samples that no query shows, or shows with another value. What is no number is not compared: NaN may be a stale marker. */
export async function missingOf(recorder, instance) {
  const missing = [];
  const names = new Set([...recorder.series.keys()].map((key) => new Map(JSON.parse(key)).get('__name__')));
  const stored = new Map();
  for (const name of names) for (const [key, values] of await read(instance, name)) stored.set(key, values);
  for (const [key, acknowledged] of recorder.series) {
    const seen = stored.get(key) ?? new Map();
    for (const [timeMs, value] of acknowledged) {
      if (!Number.isNaN(value) && seen.get(timeMs) !== value)
        missing.push(`${key} at ${timeMs}: ${value}, and is ${seen.get(timeMs)}`);
    }
  }
  return missing;
}

/** Deltas come to what was acknowledged, or to more where the acknowledgement was lost, but never to more than was counted. */
export async function spreadFaults(sender, { counted, delta }, recorder, instance) {
  const [values = new Map()] = (await read(instance, delta)).values();
  const total = [...values.values()].at(-1) ?? 0;
  console.log(`${sender}: counted ${counted}, acknowledged as deltas ${recorder.deltas}, stored ${total}`);
  return total >= recorder.deltas && total <= counted ? [] : [`${sender}: deltas came to ${total}`];
}

/** All samples of a metric, by series. Two of the same time would be a duplicate. */
export async function read({ gatewayUrl, apiKey }, name) {
  const asked = new URLSearchParams({ query: `${name}[${RANGE}]` });
  const response = await fetch(`${gatewayUrl}/prometheus/api/v1/query?${asked}`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const { data, error } = await response.json();
  if (!data) throw new Error(`${name}: ${error}`);
  return new Map(
    data.result.map(({ metric, values }) => {
      const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
      const times = new Map(values.map(([time, text]) => [Math.round(time * 1_000), Number(text)]));
      if (times.size !== values.length) throw new Error(`${key} has two samples of the same time`);
      return [key, times];
    }),
  );
}
