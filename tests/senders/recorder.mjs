import http from 'node:http';
import { samplesOf } from './bodies.mjs';

/** A way to the gateway that adds the credentials and keeps what was acknowledged, as an independent decoder reads it. */
export async function startRecorder(target, authorization) {
  const recorder = { acknowledged: 0, failed: 0, samples: 0, refused: [], series: new Map(), deltas: 0 };
  const server = http.createServer(
    (request, response) => void forward(request, response).catch(() => response.destroy()),
  );
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(recorder, {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  });

  async function forward(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { 'content-type': type, 'content-encoding': encoding } = request.headers;
    const headers = { authorization, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers,
      body: body.length ? body : undefined,
    });
    const text = Buffer.from(await answer.arrayBuffer());
    const isPartial = text.length > 0 && text.toString() !== '{}';
    if (answer.ok && !isPartial) keep(request.url, type, encoding, body);
    else if (answer.status === 429 || answer.status >= 500) recorder.failed++;
    else recorder.refused.push(`${request.url}: ${answer.status} ${text.toString()}`);
    const after = answer.headers.get('retry-after');
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? '',
      ...(after && { 'retry-after': after }),
    });
    response.end(text);
  }

  function keep(url, type, encoding, body) {
    recorder.acknowledged++;
    const { samples, deltas } = samplesOf({ url, type, encoding, body });
    recorder.deltas += deltas;
    for (const { labels, timeMs, value } of samples) {
      recorder.samples++;
      const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
      const known = recorder.series.get(key) ?? new Map();
      recorder.series.set(key, known.set(timeMs, value));
    }
  }
}
