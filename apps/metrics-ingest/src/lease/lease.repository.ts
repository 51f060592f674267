import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { ServiceError } from '@scm/contracts';
import { Database } from '@scm/database';
import { IDENTITY, type Identity } from '@scm/service';

const LEASE_SECONDS = 5;

/** What only one replica may do at a time. */
export type LeaseName = 'frames' | 'seal';

@Injectable()
export class LeaseRepository {
  constructor(
    private readonly database: Database,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {}

  /** Takes or prolongs the lease; false while another replica holds it. */
  async holdAlone(name: LeaseName): Promise<boolean> {
    return (await this.begin(name)) !== undefined;
  }

  /** @returns the epoch to give to `fence`; undefined while another replica holds the lease. */
  async begin(name: LeaseName): Promise<string | undefined> {
    return this.database.acrossWorkspaces((tx) => this.take(tx, name));
  }

  /** Throws FAILED_PRECONDITION when somebody else has held the lease since `begin`; nobody takes it before the transaction ends. */
  async fence(client: PoolClient, name: LeaseName, epoch: string): Promise<void> {
    const { rowCount } = await client.query(
      `update leases set expires_at = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
       where name = $1 and holder = $2 and epoch = $3`,
      [name, this.holder, epoch],
    );
    if (rowCount === 0) throw new ServiceError('FAILED_PRECONDITION', `the lease ${name} was taken by another replica`);
  }

  /** Lets others go on at once when this replica stops. */
  async release(name: LeaseName): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(`update leases set expires_at = '-infinity' where name = $1 and holder = $2`, [name, this.holder]),
    );
  }

  private async take(tx: EntityManager, name: LeaseName): Promise<string | undefined> {
    const rows = await tx.query<{ epoch: string }[]>(
      `insert into leases (name, holder, expires_at) values ($1, $2, clock_timestamp() + interval '${LEASE_SECONDS} seconds')
       on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at,
         epoch = leases.epoch + case when leases.holder = excluded.holder then 0 else 1 end
       where leases.holder = excluded.holder or leases.expires_at < clock_timestamp() returning epoch`,
      [name, this.holder],
    );
    return rows[0]?.epoch;
  }

  private get holder(): string {
    return `${this.identity.instance}@${this.identity.startedAt}`;
  }
}
