import type { ExecutionChanged } from '@scm/contracts';
import { WorkflowEvents } from '@scm/contracts';
import { unavailableIfAway, type Database, type OwedEvent } from '@scm/database';
import type { EventSeal } from '../payloads/event.seal.js';
import { eventOf } from './execution-event.js';
import type { HistoryEventEntity } from './execution.entities.js';
import type { RowCodec } from './row.codec.js';

/** Reads the events of executions that a replica owed and did not publish: their outline is owed, history has the rest. */
export class OwedEvents {
  constructor(
    private readonly database: Database,
    private readonly codec: RowCodec,
    private readonly seal: EventSeal,
  ) {}

  async open(event: OwedEvent): Promise<object> {
    const isOutline = event.subject === WorkflowEvents.executionChanged.subject && typeof event.payload !== 'string';
    return isOutline ? this.whole(event.payload as ExecutionChanged) : this.seal.open(event);
  }

  private async whole(outline: ExecutionChanged): Promise<ExecutionChanged> {
    const asked = this.database.systemPool.query<HistoryEventEntity>(
      `select execution_id as "executionId", seq, workspace_id as "workspaceId", at, type, data from history_events
       where execution_id = $1 and seq = $2`,
      [outline.executionId, outline.seq],
    );
    const { rows } = await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    const [history] = await this.codec.openHistory(rows, 'shown');
    return history ? eventOf(outline, history.data) : outline;
  }
}
