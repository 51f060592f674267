/**
 * Postgres for a service: its own schema, two roles, workspaces kept apart by row-level security, and the tables every
 * service has (idempotency keys, event outbox, stream marks, dead letters).
 */
export { AddBaseTables1790000000000 } from './base.migration.js';
export { AddPublishedEvents1790000006000 } from './published-events.migration.js';
export { decodeCursor, encodeCursor, toPage, type CursorKey, type CursorPart } from './cursor.js';
export { copyRows } from './copy-rows.js';
export { Database, type DatabaseDeclaration, type DatabaseUrls } from './database.js';
export { unavailableIfAway } from './away.js';
export { DeadLetterRepository } from './dead-letter.repository.js';
export { GroupCommit } from './group-commit.js';
export { derivedId, newId, withDerivedIds } from './id.js';
export { IdempotencyStore, type ReplySeal } from './idempotency.store.js';
export { migrate, schemaDrift, type MigrateUrls } from './migrate.js';
export { oweEvent, OutboxRepository, type OutboxTurn, type OwedEvent, type StreamMark } from './outbox.js';
