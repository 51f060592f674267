import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';

const [MAX_LINE, MAX_CONNECTIONS] = [8_192, 256];

/** Hears lines over UDP and TCP on one port. */
export class StatsdListener {
  private readonly logger = new Logger(StatsdListener.name);
  private readonly connections = new Set<Socket>();
  private udp?: UdpSocket;
  private tcp?: Server;

  constructor(private readonly take: (line: string) => void) {}

  async listen(port: number, host: string): Promise<void> {
    this.udp = createSocket(host.includes(':') ? 'udp6' : 'udp4', (message) =>
      this.hear(message.toString().split('\n')),
    );
    this.udp.on('error', (error) => this.logger.error(error.message)).bind(port, host);
    this.tcp = createServer((socket) => this.read(socket)).listen(port, host);
    this.tcp.maxConnections = MAX_CONNECTIONS;
    await Promise.all([once(this.udp, 'listening'), once(this.tcp, 'listening')]);
  }

  close(): void {
    this.udp?.close();
    this.tcp?.close();
    for (const socket of this.connections) socket.destroy();
  }

  /** A connection whose line does not end is ended. */
  private read(socket: Socket): void {
    let rest = '';
    this.connections.add(socket);
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.hear(lines);
      if (rest.length > MAX_LINE) socket.destroy();
    });
    socket.on('end', () => this.hear([rest])).on('error', () => socket.destroy());
    socket.on('close', () => this.connections.delete(socket));
  }

  private hear(lines: readonly string[]): void {
    for (const line of lines) if (line.trim() !== '') this.take(line.trim());
  }
}
