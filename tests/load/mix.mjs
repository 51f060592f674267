export const workflow = 'load';

export const document = {
  document: { dsl: '1.0.3', namespace: 'load', name: workflow, version: '1.0.0' },
  do: [{ one: { call: 'processing', with: { operations: [] } } }],
};

const reads = [
  '/api/v1/alerts?limit=20',
  `/api/v1/workflows/${workflow}`,
  '/api/v1/executions?limit=20',
  '/prometheus/api/v1/query?query=load_value',
  '/api/v1/notifications?limit=20',
  '/api/v1/auth/me',
  '/api/v1/rules?limit=20',
];

/** The request that comes as the so-manieth: 14 of 20 read, 5 store ten samples, one starts an execution. */
export function mix(index) {
  const turn = index % 20;
  if (turn === 0)
    return { kind: 'start', method: 'POST', path: `/api/v1/workflows/${workflow}/executions`, body: '{}' };
  if (turn % 4 === 1) return { kind: 'ingest', method: 'POST', path: '/api/v1/metrics', body: samples(index) };
  return { kind: 'read', method: 'GET', path: reads[index % reads.length] };
}

/** Ten samples of ten series, later ones with later times. */
function samples(index) {
  const at = Date.now();
  const series = Array.from({ length: 10 }, (_, i) => ({
    labels: { __name__: 'load_value', host: `host-${index % 50}`, core: String(i) },
    samples: [[at, index]],
  }));
  return JSON.stringify({ series });
}
