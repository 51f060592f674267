import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '@scm/database';
import { IDENTITY, type Identity } from '@scm/service';

const LEASE_SECONDS = 5;

/** What only one replica may do at a time. */
export type LeaseName = 'rules' | 'frames';

@Injectable()
export class LeaseRepository {
  constructor(
    private readonly database: Database,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  /** Takes or prolongs the lease; held in a transaction, nobody else can take it before that transaction ends. */
  async hold(tx: EntityManager, name: LeaseName): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `insert into leases (name, holder, expires_at) values ($1, $2, clock_timestamp() + interval '${LEASE_SECONDS} seconds')
       on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
       where leases.holder = excluded.holder or leases.expires_at < clock_timestamp() returning 1`,
      [name, this.holder],
    );
    return rows.length > 0;
  }

  async holdAlone(name: LeaseName): Promise<boolean> {
    return this.database.acrossWorkspaces((tx) => this.hold(tx, name));
  }

  /** Lets others go on at once when this replica stops. */
  async release(name: LeaseName): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(`delete from leases where name = $1 and holder = $2`, [name, this.holder]),
    );
  }

  private get holder(): string {
    return `${this.identity.instance}@${this.identity.startedAt}`;
  }
}
