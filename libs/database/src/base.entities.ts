import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Replies of calls that came with an idempotency key, kept a day. */
@Entity('idempotency_keys')
export class IdempotencyKeyEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @PrimaryColumn({ name: 'actor_id', type: 'text' }) actorId: string;
  @PrimaryColumn({ type: 'text' }) key: string;
  @Column({ type: 'text' }) subject: string;
  @Column({ name: 'request_hash', type: 'text' }) requestHash: string;
  @Column({ type: 'jsonb', nullable: true }) reply: object | null;
  /** Until then the first call is taken to be at work. */
  @Column({ name: 'locked_until', type: 'timestamptz' }) lockedUntil: Date;
  @Index('idempotency_keys_created_at')
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

/** Events owed to JetStream: written in the transaction of their cause, deleted or marked when the stream has them. */
@Entity('event_outbox')
@Index('event_outbox_owed', ['position'], { where: 'published_seq IS NULL' })
@Index('event_outbox_published', ['subject', 'publishedSeq'], { where: 'published_seq IS NOT NULL' })
@Index('event_outbox_by_age', ['createdAt'], { where: 'published_seq IS NOT NULL' })
export class OutboxEventEntity {
  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' }) position: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'text', array: true }) keys: string[];
  @Column({ type: 'jsonb' }) payload: object;
  @Column({ type: 'text', nullable: true }) traceparent: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
  /** Its sequence number, of an event that a service reads durably; null while it is owed. */
  @Column({ name: 'published_seq', type: 'bigint', nullable: true }) publishedSeq: string | null;
}

/** How far each owned stream was published: a stream that ends earlier lost something and gets a new epoch. */
@Entity('event_streams')
export class EventStreamEntity {
  @PrimaryColumn({ type: 'text' }) name: string;
  @Column({ type: 'uuid' }) epoch: string;
  @Column({ name: 'last_seq', type: 'bigint' }) lastSeq: string;
}

/** Durable messages that no delivery could handle. */
@Entity('dead_letters')
export class DeadLetterEntity {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'text' }) payload: string;
  @Column({ type: 'int' }) deliveries: number;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
}

export const baseEntities = [IdempotencyKeyEntity, OutboxEventEntity, EventStreamEntity, DeadLetterEntity];

/** Base tables that belong to no workspace. */
export const baseWithoutWorkspace = ['event_streams', 'dead_letters', 'migrations'];
