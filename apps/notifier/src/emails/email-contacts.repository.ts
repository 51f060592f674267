import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type CursorKey } from '@scm/database';

export interface EmailContactRow {
  id: string;
  address: string;
  topics: string[];
  created_at: Date;
}

const COLUMNS = `id, address, topics, created_at`;

@Injectable()
export class EmailContactsRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async add(
    tx: EntityManager,
    c: { id: string; workspaceId: string; address: string; topics: string[] },
  ): Promise<EmailContactRow | undefined> {
    await tx.query(
      `insert into email_contacts (id, workspace_id, address, topics) values ($1, $2, $3, $4) on conflict do nothing`,
      [c.id, c.workspaceId, c.address, c.topics],
    );
    return this.find(tx, c.id);
  }

  async find(tx: EntityManager, id: string): Promise<EmailContactRow | undefined> {
    const rows = await tx.query<EmailContactRow[]>(`select ${COLUMNS} from email_contacts where id = $1`, [id]);
    return rows[0];
  }

  /** Oldest first. */
  async list(tx: EntityManager, workspaceId: string, limit: number, after?: CursorKey): Promise<EmailContactRow[]> {
    return tx.query<EmailContactRow[]>(
      `select ${COLUMNS} from email_contacts
       where workspace_id = $1 and ($2::timestamptz is null or (created_at, id) > ($2, $3::uuid))
       order by created_at, id limit $4`,
      [workspaceId, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  /** @returns false when there is none of that id. */
  async remove(tx: EntityManager, id: string): Promise<boolean> {
    const [, removed] = await tx.query<[unknown[], number]>(`delete from email_contacts where id = $1`, [id]);
    return removed > 0;
  }
}
