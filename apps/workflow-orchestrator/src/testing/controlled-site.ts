import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ControlledSite {
  url: string;
  /** By `execution/step` the keys under which it was asked for, and how often. */
  effects: Map<string, { keys: Set<string>; times: number }>;
  stop(): Promise<void>;
}

/** What the tasks of `controlledTasks` call: `/flaky` refuses each key once, `/pay` keeps its first answer to itself. */
export async function startControlledSite(): Promise<ControlledSite> {
  const effects: ControlledSite['effects'] = new Map();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { execution, step } = JSON.parse(text) as { execution: string; step: string };
      const key = String(request.headers['idempotency-key']);
      const known = effects.get(`${execution}/${step}`) ?? { keys: new Set<string>(), times: 0 };
      effects.set(`${execution}/${step}`, known);
      const isFirst = !known.keys.has(key);
      known.keys.add(key);
      known.times++;
      if (request.url === '/pay' && isFirst) request.socket.destroy();
      else response.writeHead(request.url === '/flaky' && isFirst ? 503 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    effects,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
