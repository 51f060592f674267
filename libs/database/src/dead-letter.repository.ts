import type { Database } from './database.js';
import { newId } from './id.js';

/** Keeps durable messages that no delivery could handle, with the reason. */
export class DeadLetterRepository {
  constructor(private readonly database: Database) {}

  async add(letter: { subject: string; reason: string; payload: string; deliveries: number }): Promise<void> {
    const payload = letter.payload.replaceAll('\0', '\u{FFFD}').toWellFormed();
    await this.database.acrossWorkspaces((tx) =>
      tx.query(`insert into dead_letters (id, subject, reason, payload, deliveries) values ($1, $2, $3, $4, $5)`, [
        newId(),
        letter.subject,
        letter.reason,
        payload,
        letter.deliveries,
      ]),
    );
  }
}
