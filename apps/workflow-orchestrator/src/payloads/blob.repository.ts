import { Injectable } from '@nestjs/common';
import { Database, unavailableIfAway } from '@scm/database';

export interface Blob {
  executionId: string;
  id: string;
  workspaceId: string;
  bytes: number;
  sealed: Buffer;
}

/** Over the system role's pool, as the transitions that need them: both span workspaces. */
@Injectable()
export class BlobRepository {
  constructor(private readonly database: Database) {}

  /** What is there already stays as it is. */
  async add(blobs: readonly Blob[]): Promise<void> {
    const columns = [
      blobs.map(({ executionId }) => executionId),
      blobs.map(({ id }) => id),
      blobs.map(({ workspaceId }) => workspaceId),
      blobs.map(({ bytes }) => bytes),
      blobs.map(({ sealed }) => sealed),
    ];
    await this.query(
      `insert into blobs (execution_id, id, workspace_id, bytes, sealed, created_at)
       select *, now() from unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[], $5::bytea[])
       on conflict do nothing`,
      columns,
    );
  }

  async read(
    workspaceId: string,
    executionId: string,
    ids: readonly string[],
  ): Promise<{ id: string; sealed: Buffer }[]> {
    return this.query(`select id, sealed from blobs where execution_id = $1 and id = any($2) and workspace_id = $3`, [
      executionId,
      ids,
      workspaceId,
    ]);
  }

  private async query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const asked = this.database.systemPool.query<Row>(text, values);
    return (await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)))).rows;
  }
}
