import type { Database } from './database.js';
import type { ReplySeal } from './idempotency.store.js';
import { newId } from './id.js';

/** Keeps durable messages that no delivery could handle, with the reason. */
export class DeadLetterRepository {
  /** `seal` keeps what stood in the messages from whoever reads the table. */
  constructor(
    private readonly database: Database,
    private readonly seal?: ReplySeal,
  ) {}

  async add(letter: { subject: string; reason: string; payload: string; deliveries: number }): Promise<void> {
    const id = newId();
    const text = letter.payload.replaceAll('\0', '\u{FFFD}').toWellFormed();
    const payload = this.seal ? this.seal.seal(text, `dead_letters/${id}`) : text;
    await this.database.acrossWorkspaces((tx) =>
      tx.query(`insert into dead_letters (id, subject, reason, payload, deliveries) values ($1, $2, $3, $4, $5)`, [
        id,
        letter.subject,
        letter.reason,
        payload,
        letter.deliveries,
      ]),
    );
  }
}
