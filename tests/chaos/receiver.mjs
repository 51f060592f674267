import http from 'node:http';

/** What a request to the outside may meet: the effect is there or not, and the answer says so or is lost. */
const fates = [
  { share: 0.08, happens: false, status: 503 },
  { share: 0.06, happens: true, status: 503 },
  { share: 0.04, happens: true, status: undefined },
];

/** The outside world of a run: it takes effects and webhook deliveries, and fails now and then as the seed says. */
export async function startReceiver(random) {
  /** `execution/step` to the set of keys under which its effect happened. */
  const effects = new Map();
  /** Webhook ids that were answered with 2xx. */
  const delivered = new Set();
  const counts = { requests: 0, effects: 0, deliveries: 0 };
  const server = http.createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    effects,
    delivered,
    counts,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request, response) {
    const body = await read(request).catch(() => undefined);
    if (body === undefined) return;
    counts.requests++;
    if (request.url === '/doomed') return void response.writeHead(500).end();
    const { happens, status } = fateOf(random.next());
    if (happens && request.url === '/effect') effect(request, JSON.parse(body));
    if (status === undefined) return void request.socket.destroy();
    if (status < 300 && request.url === '/hook') {
      counts.deliveries++;
      delivered.add(request.headers['webhook-id']);
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  }

  function effect({ headers }, { execution, step }) {
    counts.effects++;
    const name = `${execution}/${step}`;
    effects.set(name, (effects.get(name) ?? new Set()).add(headers['idempotency-key']));
  }
}

function fateOf(drawn) {
  let left = drawn;
  for (const fate of fates) if ((left -= fate.share) < 0) return fate;
  return { happens: true, status: 200 };
}

async function read(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
