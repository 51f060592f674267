import { WorkflowEvents, type ExecutionChanged } from '@scm/contracts';
import type { Database, OwedEvent } from '@scm/database';
import type { EventSeal } from '../payloads/event.seal.js';
import { eventOf } from './execution-event.js';
import { HistoryEventEntity } from './execution.entities.js';
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
    const { workspaceId, executionId, seq } = outline;
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.findBy(HistoryEventEntity, { executionId, seq }),
    );
    const [history] = await this.codec.openHistory(rows, 'shown');
    return history ? eventOf(outline, history.data) : outline;
  }
}
