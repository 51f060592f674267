import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { IDENTITY, type Identity } from '@scm/service';
import type { UpstreamRow } from '../upstreams/upstreams.repository.js';
import { ChildOwnersRepository } from './child-owners.repository.js';

const LEASE_MS = 10_000;
const RENEW_MS = 3_000;

interface Held {
  row: UpstreamRow;
  timer: NodeJS.Timeout;
  onLost: () => void;
}

/** Sees to it that a child runs at one replica: the one that holds its lease, which it renews for as long as it lives. */
@Injectable()
export class ChildOwners implements OnModuleDestroy {
  private readonly logger = new Logger(ChildOwners.name);
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly owners: ChildOwnersRepository,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  /** The replica that has the child; this one, if nobody else has. `onLost` is called when it no longer is. */
  async of(row: UpstreamRow, onLost: () => void): Promise<string> {
    if (this.held.has(row.id)) return this.identity.instance;
    const owner = await this.owners.claim(row, this.identity.instance, LEASE_MS);
    if (owner === undefined) throw new ServiceError('UNAVAILABLE', 'nobody has the child of the upstream now');
    if (owner === this.identity.instance) this.hold(row, onLost);
    return owner;
  }

  async onModuleDestroy(): Promise<void> {
    const all = [...this.held.values()];
    this.held.clear();
    for (const { timer } of all) clearInterval(timer);
    await Promise.allSettled(all.map(({ row }) => this.owners.release(row, this.identity.instance)));
  }

  private hold(row: UpstreamRow, onLost: () => void): void {
    if (this.held.has(row.id)) return;
    const timer = setInterval(() => void this.renew(row), RENEW_MS);
    timer.unref();
    this.held.set(row.id, { row, timer, onLost });
  }

  /** A replica that cannot renew in time must not go on: another one may have begun. */
  private async renew(row: UpstreamRow): Promise<void> {
    try {
      if ((await this.owners.claim(row, this.identity.instance, LEASE_MS)) === this.identity.instance) return;
    } catch (error) {
      this.logger.warn(`the child of upstream ${row.name} is given up: ${String(error)}`);
    }
    const held = this.held.get(row.id);
    if (!held) return;
    clearInterval(held.timer);
    this.held.delete(row.id);
    held.onLost();
  }
}
