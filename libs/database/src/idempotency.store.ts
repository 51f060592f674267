import { createHash } from 'node:crypto';
import { ServiceError, type Actor, type RpcContract } from '@scm/contracts';
import type { Database } from './database.js';
import { withDerivedIds } from './id.js';

/** Longer than callers wait for an answer; a repeated call waits as long after the service of the first one was killed. */
const LOCK_SECONDS = 15;
const KEPT = '24 hours';

/** Encrypts a reply for one place, and opens it there only. */
export interface ReplySeal {
  seal(text: string, place: string): string;
  open(sealed: string, place: string): string;
}

interface IdempotentCall {
  actor: Actor;
  key: string;
  contract: RpcContract;
  body: string;
}

interface Stored {
  fresh: boolean;
  subject: string;
  request_hash: string;
  reply: object | null;
  locked: boolean;
}

/**
 * Answers a repeated call with the first reply. A call whose first try died is done again, and the ids it makes are the
 * same as then, so that what was already stored is found and not doubled.
 */
export class IdempotencyStore {
  /** `seal` keeps replies that may hold secrets from whoever reads the table. */
  constructor(
    private readonly database: Database,
    private readonly seal?: ReplySeal,
  ) {}

  async run(call: IdempotentCall, work: () => Promise<object>): Promise<object> {
    const hash = createHash('sha256').update(call.body).digest('base64url');
    const known = await this.begin(call, hash);
    if (!known.fresh) {
      if (known.subject !== call.contract.subject || known.request_hash !== hash) {
        throw new ServiceError('FAILED_PRECONDITION', 'the idempotency key was used for another request');
      }
      if (known.reply) return this.opened(call, known.reply);
      if (known.locked) {
        const options = { retryAfterMs: 1_000 };
        throw new ServiceError('UNAVAILABLE', 'the first request with this key is still at work', undefined, options);
      }
    }
    return this.finish(call, work);
  }

  /** Forgets replies older than a day. */
  async sweep(): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(`delete from idempotency_keys where created_at < now() - interval '${KEPT}'`),
    );
  }

  private async begin({ actor, key, contract }: IdempotentCall, hash: string): Promise<Stored> {
    return this.database.inWorkspace(actor.workspaceId, async (tx) => {
      const inserted = await tx.query<unknown[]>(
        `insert into idempotency_keys (workspace_id, actor_id, key, subject, request_hash, locked_until)
         values ($1, $2, $3, $4, $5, now() + interval '${LOCK_SECONDS} seconds') on conflict do nothing returning 1`,
        [actor.workspaceId, actor.id, key, contract.subject, hash],
      );
      if (inserted.length > 0) return { fresh: true, subject: '', request_hash: '', reply: null, locked: false };
      const [row] = await tx.query<Stored[]>(
        `select false as fresh, subject, request_hash, reply, locked_until > now() as locked from idempotency_keys
         where workspace_id = $1 and actor_id = $2 and key = $3 for update`,
        [actor.workspaceId, actor.id, key],
      );
      // Whoever does a died call again is at work from now on.
      await tx.query(
        `update idempotency_keys set locked_until = now() + interval '${LOCK_SECONDS} seconds'
         where workspace_id = $1 and actor_id = $2 and key = $3 and subject = $4 and request_hash = $5
           and reply is null and locked_until <= now()`,
        [actor.workspaceId, actor.id, key, contract.subject, hash],
      );
      return row ?? { fresh: true, subject: '', request_hash: '', reply: null, locked: false };
    });
  }

  private async finish(call: IdempotentCall, work: () => Promise<object>): Promise<object> {
    const { actor, key, contract } = call;
    const identity = [actor.workspaceId, actor.id, key];
    try {
      const seed = [...identity, contract.subject].join('|');
      const reply = await withDerivedIds(seed, work);
      await this.database.inWorkspace(actor.workspaceId, (tx) =>
        tx.query(`update idempotency_keys set reply = $4 where workspace_id = $1 and actor_id = $2 and key = $3`, [
          ...identity,
          JSON.stringify(this.kept(call, reply)),
        ]),
      );
      return reply;
    } catch (error) {
      await this.database.inWorkspace(actor.workspaceId, (tx) =>
        tx.query(
          `delete from idempotency_keys where workspace_id = $1 and actor_id = $2 and key = $3 and reply is null`,
          identity,
        ),
      );
      throw error;
    }
  }

  private kept(call: IdempotentCall, reply: object | undefined): object {
    const text = JSON.stringify(reply ?? {});
    return { stored: this.seal ? this.seal.seal(text, placeOf(call)) : text };
  }

  private opened(call: IdempotentCall, { stored }: { stored?: string }): object {
    const text = stored ?? '{}';
    // What begins like this was kept before the service sealed its replies.
    const isPlain = !this.seal || text.startsWith('{');
    return JSON.parse(isPlain ? text : this.seal.open(text, placeOf(call))) as object;
  }
}

function placeOf({ actor, key }: IdempotentCall): string {
  return `idempotency_keys/${actor.workspaceId}/${actor.id}/${key}`;
}
