import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MetricsApi } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { MetricsConfig } from '../config.js';
import { Periodic } from '../lease/periodic.js';
import { StatsdSeries } from './statsd.series.js';

const MAX_LINE = 8_192;
const MAX_CONNECTIONS = 256;
/** As many series as a request may have. */
const PAGE = 10_000;

/** StatsD over UDP and TCP, where a port is set: what it comes to goes in by the same door as everything else. */
@Injectable()
export class StatsdService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(StatsdService.name);
  private readonly series = new StatsdSeries(hostname());
  private readonly periodic: Periodic;
  private readonly connections = new Set<Socket>();
  private udp?: UdpSocket;
  private tcp?: Server;

  constructor(
    private readonly config: MetricsConfig,
    private readonly messaging: MessagingClient,
  ) {
    this.periodic = new Periodic(StatsdService.name, config.statsdFlushMs, (nowMs) => this.flush(nowMs));
  }

  async onApplicationBootstrap(): Promise<void> {
    const { statsdPort: port, statsdHost: host } = this.config;
    if (port === undefined) return;
    this.udp = createSocket(host.includes(':') ? 'udp6' : 'udp4', (message) => this.take(message.toString('utf8')));
    this.udp.on('error', (error) => this.logger.error(error.message));
    this.udp.bind(port, host);
    this.tcp = createServer((socket) => this.read(socket)).listen(port, host);
    this.tcp.maxConnections = MAX_CONNECTIONS;
    await Promise.all([once(this.udp, 'listening'), once(this.tcp, 'listening')]);
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.udp?.close();
    this.tcp?.close();
    for (const socket of this.connections) socket.destroy();
    await this.periodic.stop();
  }

  /** A connection whose line does not end is ended. */
  private read(socket: Socket): void {
    let rest = '';
    this.connections.add(socket);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.take(line);
      if (rest.length > MAX_LINE) socket.destroy();
    });
    socket.on('end', () => this.take(rest));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.connections.delete(socket));
  }

  private take(text: string): void {
    for (const line of text.split('\n')) if (line.trim() !== '') this.series.take(line.trim());
  }

  /** What cannot be sent is in the next snapshot, since all of it is counted from the beginning. */
  private async flush(nowMs: number): Promise<void> {
    const as = serviceActor('metrics-ingest', this.config.statsdWorkspaceId);
    const series = this.series.snapshot(nowMs);
    for (let from = 0; from < series.length; from += PAGE) {
      await this.messaging.request(MetricsApi.ingest, { series: series.slice(from, from + PAGE) }, { as });
    }
  }
}
