import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface LossyNats {
  url: string;
  /** From now on that share of the messages is lost. */
  lose(share: number): void;
  /** Messages that were lost so far. */
  dropped(): number;
  stop(): Promise<void>;
}

/** A way to a NATS server on which a share of the messages that clients publish is lost. */
export async function startLossyNats(natsUrl: string): Promise<LossyNats> {
  const { hostname, port, username } = new URL(natsUrl);
  const sockets = new Set<Socket>();
  let [share, dropped] = [0, 0];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const filter = new PublishFilter(() => {
      const isLost = Math.random() < share;
      if (isLost) dropped++;
      return !isLost;
    });
    client.on('data', (chunk) => upstream.write(filter.pass(chunk)));
    upstream.on('data', (chunk) => client.write(chunk));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `nats://${username}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    lose: (wanted) => (share = wanted),
    dropped: () => dropped,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const LINE_END = Buffer.from('\r\n');

/** Reads what a client sends, command by command, and leaves out publications that `keeps` does not want. */
class PublishFilter {
  private waiting = Buffer.alloc(0);

  constructor(private readonly keeps: () => boolean) {}

  pass(chunk: Buffer): Buffer {
    this.waiting = Buffer.concat([this.waiting, chunk]);
    const passed: Buffer[] = [];
    for (;;) {
      const end = this.waiting.indexOf(LINE_END);
      if (end === -1) break;
      const line = this.waiting.subarray(0, end).toString();
      const isPublication = /^H?PUB /i.test(line);
      const size = end + 2 + (isPublication ? Number(line.split(' ').at(-1)) + 2 : 0);
      if (this.waiting.length < size) break;
      const command = this.waiting.subarray(0, size);
      this.waiting = this.waiting.subarray(size);
      if (!isPublication || this.keeps()) passed.push(command);
    }
    return Buffer.concat(passed);
  }
}
