import { Inject, Injectable } from '@nestjs/common';
import {
  DEFAULT_WORKSPACE_ID,
  services,
  QueueApi,
  SystemApi,
  type QueueDepth,
  type ReplicaStatus,
  type ServiceName,
} from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { Health, IDENTITY, serviceActor, type Identity } from '@scm/service';
import { RateLimiter } from '../limits/rate-limiter.js';
import { degradedModes, type DegradedMode } from './degraded-modes.js';

export interface ServiceState {
  name: ServiceName;
  state: 'ready' | 'degraded' | 'down';
  replicas: ReplicaStatus[];
}

export interface MeshState {
  state: 'ready' | 'degraded';
  at: string;
  services: ServiceState[];
  /** Each store with `ok` or why not; Redis is optional: `memory` means that limits are counted by each replica alone. */
  stores: Record<string, string>;
  /** What works with less than everything now, and what that means. */
  modes: DegradedMode[];
  queues: QueueDepth[];
}

const FRESH_MS = 1_000;

/** How the whole mesh is: every replica is asked over NATS. */
@Injectable()
export class MeshStatus {
  private known?: { at: number; state: Promise<MeshState> };

  constructor(
    private readonly messaging: MessagingClient,
    private readonly limiter: RateLimiter,
    private readonly health: Health,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  /** At most a second old. */
  async read(): Promise<MeshState> {
    if (!this.known || Date.now() - this.known.at > FRESH_MS) this.known = { at: Date.now(), state: this.ask() };
    return this.known.state;
  }

  private async ask(): Promise<MeshState> {
    const [replicas, queues] = await Promise.all([this.replicas(), this.queues()]);
    const states = services.map((name) =>
      serviceState(
        name,
        replicas.filter((r) => r.service === name),
      ),
    );
    const ready = states.every((service) => service.state === 'ready');
    const stores = { ...storesOf(replicas), redis: this.limiter.store === 'redis' ? 'ok' : 'memory' };
    return {
      state: ready ? 'ready' : 'degraded',
      at: new Date().toISOString(),
      services: states,
      stores,
      modes: degradedModes(stores, states),
      queues,
    };
  }

  private async replicas(): Promise<ReplicaStatus[]> {
    const replicas = await this.messaging.requestAll(SystemApi.status, {}).catch(() => []);
    // Without NATS nobody answers, but this gateway knows of itself, and that it misses NATS.
    return replicas.some(({ instance }) => instance === this.identity.instance) ? replicas : [...replicas, this.own()];
  }

  private own(): ReplicaStatus {
    return { ...this.identity, pid: process.pid, state: this.health.state, checks: { ...this.health.results } };
  }

  private async queues(): Promise<QueueDepth[]> {
    const as = serviceActor('gateway', DEFAULT_WORKSPACE_ID);
    return this.messaging.request(QueueApi.list, {}, { as, timeoutMs: 1_000 }).then(
      ({ queues }) => queues,
      () => [],
    );
  }
}

function serviceState(name: ServiceName, replicas: ReplicaStatus[]): ServiceState {
  const ready = replicas.some((replica) => replica.state === 'ready');
  return { name, state: ready ? 'ready' : replicas.length > 0 ? 'degraded' : 'down', replicas };
}

function storesOf(replicas: ReplicaStatus[]): Record<string, string> {
  const stores: Record<string, string> = {};
  for (const [store, result] of replicas.flatMap((replica) => Object.entries(replica.checks))) {
    if (!stores[store] || stores[store] === 'ok') stores[store] = result;
  }
  return stores;
}
