import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import WebSocket, { type ClientOptions } from 'ws';
import { SUBPROTOCOL } from '../bad-input/sockets.js';

const opened = new Set<{ destroy(): void }>();

/** Ends what a test that failed has left open. */
export function endAll(): void {
  for (const socket of opened) socket.destroy();
}

/** A stream client that counts what it is told and keeps nothing. */
export interface Counting {
  socket: WebSocket;
  /** How often each type of frame came; events, not their frames. */
  counts: Record<string, number>;
  /** Of refusals, how often each code came. */
  refusals: Record<string, number>;
  closed: Promise<number>;
  send(frame: object): void;
}

export async function openCounting(
  url: string,
  apiKey?: string,
  options: ClientOptions = {},
  query = '',
): Promise<Counting> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream${query}`, SUBPROTOCOL, options);
  opened.add({ destroy: () => socket.terminate() });
  const counts: Record<string, number> = {};
  const refusals: Record<string, number> = {};
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const { t, d, code } = JSON.parse(data.toString()) as { t: string; d?: unknown[]; code?: string };
    counts[t] = (counts[t] ?? 0) + (d?.length ?? 1);
    if (code) refusals[code] = (refusals[code] ?? 0) + 1;
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await Promise.race([once(socket, 'open'), closed]);
  const client: Counting = { socket, counts, refusals, closed, send: (frame) => socket.send(JSON.stringify(frame)) };
  if (apiKey && socket.readyState === socket.OPEN) client.send({ t: 'hello', v: 1, token: apiKey });
  return client;
}

/** A bare connection, and what came back when it had ended. */
export function openRaw(url: string): { socket: Socket; answer: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  opened.add(socket);
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => undefined).once('close', () => resolve(text));
  });
  return { socket, answer };
}

/** How often each value came. */
export function tally(values: readonly (string | number)[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const value of values) counted[value] = (counted[value] ?? 0) + 1;
  return counted;
}
