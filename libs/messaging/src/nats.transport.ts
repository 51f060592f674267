import { Logger } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Contract, ServiceName, Subscription } from '@scm/contracts';
import { firstValueFrom } from 'rxjs';
import { handlerFaults } from './completeness.js';
import { DurableReader, type DeadLetter } from './durable.reader.js';
import { StreamServer } from './stream.server.js';
import { RpcServer, type Authorize, type IdempotencyStore } from './rpc.server.js';

export interface NatsTransportOptions {
  nc: NatsConnection;
  service: ServiceName;
  /** This replica, for contracts that are asked of one. */
  instance?: string;
  /** Every contract and subscription this service answers for. */
  claims: readonly (Contract | Subscription)[];
  authorize: Authorize;
  deadLetter: (letter: DeadLetter) => Promise<void>;
  idempotency?: IdempotencyStore;
  /** Messages of one durable consumer handled at once. */
  slots?: number;
  /** How many of them a message takes; 1 unless said. */
  costOf?: (payload: object) => number;
  maxInFlight?: number;
  maxStreams?: number;
  /** How long running handlers may take to end when the service stops. */
  drainMs?: number;
}

/** Feeds Nest's message handlers from one NATS connection: rpc from queue subscriptions, tasks and events from JetStream. */
export class NatsTransport extends Server implements CustomTransportStrategy {
  protected override readonly logger = new Logger(NatsTransport.name);
  /** First no new work is taken; what still runs when the drain time is over is aborted. */
  private readonly draining = new AbortController();
  private readonly stopping = new AbortController();
  private readonly readers: DurableReader[] = [];
  private readonly rpcServer: RpcServer;
  private readonly streamServer: StreamServer;
  private closing?: Promise<void>;

  constructor(private readonly options: NatsTransportOptions) {
    super();
    const { nc, service, instance, authorize, idempotency, maxInFlight = 512, maxStreams = 8_192 } = options;
    const { signal } = this.stopping;
    this.rpcServer = new RpcServer({ nc, service, authorize, idempotency, maxInFlight, signal, onBug: this.onBug });
    const draining = this.draining.signal;
    this.streamServer = new StreamServer({
      nc,
      service,
      instance,
      authorize,
      maxStreams,
      draining,
      signal,
      onBug: this.onBug,
    });
  }

  /** Two handlers for one subject would let one of them win silently. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras = {}): void {
    if (this.messageHandlers.has(this.normalizePattern(pattern as string))) {
      throw new TypeError(`two handlers for ${String(pattern)}`);
    }
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      const faults = handlerFaults(this.options.claims, [...this.messageHandlers.keys()]);
      if (faults.length > 0) throw new TypeError(`${this.options.service} cannot start:\n  ${faults.join('\n  ')}`);
      for (const handler of this.messageHandlers.values()) this.attach(handler);
      // Who says that it is ready is heard by whoever calls it next: the server has to know of it before.
      this.options.nc.flush().then(() => callback(), callback);
    } catch (error) {
      callback(error);
    }
  }

  /** Takes no new work and waits for what runs. The connection stays open: whoever made it closes it. */
  close(): Promise<void> {
    // Nest closes its strategies, and so does whoever stops the service in order: the second call waits for the first.
    return (this.closing ??= this.drain());
  }

  private async drain(): Promise<void> {
    this.draining.abort();
    const abort = setTimeout(() => this.stopping.abort(), this.options.drainMs ?? 20_000);
    await Promise.all([this.rpcServer.close(), this.streamServer.close()]);
    await Promise.all(this.readers.map((reader) => reader.idle()));
    clearTimeout(abort);
    this.stopping.abort();
  }

  on(): void {}

  unwrap<T>(): T {
    return this.options.nc as T;
  }

  private attach(handler: MessageHandler): void {
    const { contract } = handler.extras as { contract: Contract | Subscription };
    const invoke = (...args: unknown[]) => this.invoke(handler, ...args);
    if (contract.kind === 'rpc') {
      this.rpcServer.serve(contract, invoke);
    } else if (contract.kind === 'streamed') {
      this.streamServer.serve(contract, invoke);
    } else if (contract.kind !== 'event') {
      const { nc, deadLetter, slots = 8, costOf } = this.options;
      const reader = new DurableReader(contract, invoke, {
        nc,
        slots,
        costOf,
        draining: this.draining.signal,
        signal: this.stopping.signal,
        deadLetter,
        onBug: this.onBug,
      });
      this.readers.push(reader);
      reader.start();
    }
  }

  private async invoke(handler: MessageHandler, ...args: unknown[]): Promise<unknown> {
    const [payload, ...rest] = args;
    const result: unknown = await handler(payload, ...rest);
    return firstValueFrom(this.transformToObservable(result), { defaultValue: undefined });
  }

  private readonly onBug = (error: unknown, subject: string): void => {
    this.logger.error(`${subject}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
}
