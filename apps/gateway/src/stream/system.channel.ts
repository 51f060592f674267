import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { MeshStatus, type MeshState } from '../system/mesh-status.js';
import { ChannelHub } from './channel.hub.js';
import { parseChannel, type Channel } from './channels.js';

const EVERY_MS = 2_000;

/** Feeds the `system` channel: the state of the mesh whenever it changes. It is the same for every workspace. */
@Injectable()
export class SystemChannel implements OnApplicationBootstrap, OnModuleDestroy {
  private seq = 0;
  private last = '';
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly mesh: MeshStatus,
    private readonly hub: ChannelHub,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look().catch(() => undefined), EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Sends the present state, as a new subscriber wants it. */
  async publish(): Promise<void> {
    this.last = summaryOf(await this.mesh.read());
    this.hub.publish(SYSTEM, ++this.seq, this.last);
  }

  private async look(): Promise<void> {
    if (this.hub.isHeard(SYSTEM) && summaryOf(await this.mesh.read()) !== this.last) await this.publish();
  }
}

function summaryOf({ state, services, stores }: MeshState): string {
  const summary = services.map(({ name, state: s, replicas }) => ({ name, state: s, replicas: replicas.length }));
  return JSON.stringify({ state, stores, services: summary });
}

const SYSTEM: Channel = parseChannel('system', '*');
