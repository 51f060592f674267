import http from 'node:http';

/** What a request may meet. Only `/effect` has effects that are told as failures: nobody could count them otherwise. */
const fates = {
  '/effect': [
    { share: 0.06, happens: false, status: 503 },
    { share: 0.04, happens: true, status: 503 },
    { share: 0.04, happens: true, status: undefined },
  ],
  '/once': [
    { share: 0.06, happens: false, status: 503 },
    { share: 0.04, happens: true, status: undefined },
  ],
};

/**
 * The outside world of executions. `effects` has by `execution/step` the keys it happened under, how often, and its place
 * in the order in which effects happened first.
 */
export async function startEffects(random) {
  const effects = new Map();
  const server = http.createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    effects,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request, response) {
    const body = await read(request).catch(() => undefined);
    if (body === undefined) return;
    const { happens, status } = fateOf(fates[request.url], random.next());
    if (happens) note(request.headers['idempotency-key'], JSON.parse(body));
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  }

  function note(key, { execution, step }) {
    const name = `${execution}/${step}`;
    const known = effects.get(name) ?? { keys: new Set(), times: 0, place: effects.size };
    known.keys.add(key);
    known.times++;
    effects.set(name, known);
  }
}

function fateOf(known, drawn) {
  let left = drawn;
  for (const fate of known) if ((left -= fate.share) < 0) return fate;
  return { happens: true, status: 200 };
}

async function read(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
