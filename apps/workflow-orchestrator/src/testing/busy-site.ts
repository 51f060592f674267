import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that was begun: what its path names, in the order in which they came. */
export interface Visit {
  path: string;
  /** What its query says of who comes. */
  by: string;
  atMs: number;
}

export interface BusySite {
  url: string;
  visits: Visit[];
  /** The most requests for a path that were at work at once, over all its life. */
  most(path: string): number;
  /** How long requests take from now on; those that wait are answered by `open`. */
  takes(ms: number): void;
  /** Requests from now on wait until `open`. */
  close(): void;
  open(): void;
  stop(): Promise<void>;
}

/** An address whose requests take a while, and that knows how many there were at once: the log of what workers do. */
export async function startBusySite(stepMs = 0): Promise<BusySite> {
  const visits: Visit[] = [];
  const atWork = new Map<string, number>();
  const most = new Map<string, number>();
  let [tookMs, gate] = [stepMs, Promise.withResolvers<void>()];
  gate.resolve();
  const server = createServer((request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://site');
    const now = (atWork.get(path) ?? 0) + 1;
    visits.push({ path, by: searchParams.get('by') ?? '', atMs: performance.now() });
    atWork.set(path, now);
    most.set(path, Math.max(most.get(path) ?? 0, now));
    response.once('close', () => atWork.set(path, (atWork.get(path) ?? 1) - 1));
    void gate.promise.then(() => setTimeout(() => response.end('{}'), tookMs));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    most: (path) => most.get(path) ?? 0,
    takes: (ms) => void (tookMs = ms),
    close: () => void (gate = Promise.withResolvers<void>()),
    open: () => gate.resolve(),
    async stop() {
      gate.resolve();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
