import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that a service reads durably stay in the outbox after they were published, with their place in the stream. */
export class AddPublishedEvents1790000006000 implements MigrationInterface {
  name = 'AddPublishedEvents1790000006000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table event_outbox add published_seq bigint`);
    await runner.query(`create index event_outbox_owed on event_outbox (position) where published_seq is null`);
    await runner.query(
      `create index event_outbox_published on event_outbox (subject, published_seq) where published_seq is not null`,
    );
    await runner.query(`create index event_outbox_by_age on event_outbox (created_at) where published_seq is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // What was published is owed to nobody for the code that knows no place.
    await runner.query(`delete from event_outbox where published_seq is not null`);
    await runner.query(`alter table event_outbox drop published_seq`);
  }
}
