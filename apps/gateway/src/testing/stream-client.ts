import { once } from 'node:events';
import { waitFor } from '@scm/testing';
import WebSocket, { type ClientOptions } from 'ws';

export interface Frame {
  t: string;
  id?: number;
  ch?: string;
  p?: number;
  s?: number[];
  d?: { n?: number }[];
  why?: string;
  code?: string;
}

/** A client of the stream that keeps every frame, and the text each came as. */
export interface StreamClient {
  frames: Frame[];
  texts: string[];
  socket: WebSocket;
  /** The code the server closed with. */
  closed: Promise<number>;
  send(frame: object): void;
  wait(what: string, matches: (frame: Frame) => boolean): Promise<Frame>;
  /** Says hello and subscribes; throws when that is refused. */
  subscribe(token: string, ch: string, options?: { hello?: object; sub?: object }): Promise<Frame>;
  end(): void;
}

export async function openStream(
  port: number | undefined,
  query = '',
  options: ClientOptions = {},
): Promise<StreamClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/stream${query}`, 'scm.stream.v1+json', options);
  const [frames, texts]: [Frame[], string[]] = [[], []];
  socket.on('message', (data: Buffer) => {
    texts.push(data.toString());
    frames.push(JSON.parse(data.toString()) as Frame);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  const client: StreamClient = {
    frames,
    texts,
    socket,
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    wait: (what, matches) => waitFor(() => frames.find(matches), { what, timeoutMs: 20_000 }),
    subscribe: async (token, ch, { hello, sub } = {}) => {
      client.send({ t: 'hello', v: 1, token, ...hello });
      client.send({ t: 'sub', id: 1, ch, ...sub });
      const isAnswer = ({ t }: Frame) => t === 'subd' || t === 'err';
      const isClosed = () => socket.readyState === socket.CLOSED;
      const answer = await waitFor(() => frames.find(isAnswer) ?? (isClosed() && ('closed' as const)), {
        what: `${ch} to begin`,
      });
      if (answer !== 'closed' && answer.t === 'subd') return answer;
      client.end();
      throw new Error(`${ch} was refused: ${answer === 'closed' ? await closed : answer.code}`);
    },
    end: () => socket.terminate(),
  };
  return client;
}

/** The field `n` of every event that came, in order. */
export function numbersIn(frames: readonly Frame[]): number[] {
  return frames.flatMap((frame) => (frame.t === 'ev' ? (frame.d ?? []).map(({ n }) => Number(n)) : []));
}
