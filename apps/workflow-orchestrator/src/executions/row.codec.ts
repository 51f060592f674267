import { Injectable } from '@nestjs/common';
import type { LargeValue, StepTask } from '@scm/contracts';
import { contentOf, envelopeOf } from '../payloads/envelope.js';
import { LargeValues } from '../payloads/large-values.js';
import { historySlots, rowSlots, shownSlots, taskSlots } from '../payloads/slots.js';
import { WorkspaceKeys } from '../payloads/workspace-keys.js';
import type { ExecutionRow, HistoryData, HistoryEventEntity } from './execution.entities.js';

/** What of a row is its workspace's business alone: sealed, it stands in the column of the state. */
type Content = Pick<ExecutionRow, 'input' | 'state' | 'output' | 'error'>;

/** Large values as they are, or as references for who only looks. */
export type Form = 'whole' | 'shown';

/** The edge between executions and their rows: what is stored is sealed, and has no large values in it. */
@Injectable()
export class RowCodec {
  constructor(
    private readonly keys: WorkspaceKeys,
    private readonly large: LargeValues,
  ) {}

  /** The content of a row for the column of its state; the other columns of it stay empty. */
  async sealRow(row: ExecutionRow): Promise<string> {
    const { input, state, output, error } = row;
    const content = await this.large.textOf(row, { input, state, output, error }, rowSlots);
    return envelopeOf(await this.keys.boxOf(row.workspaceId), content, `executions/${row.id}`);
  }

  async sealHistory(row: ExecutionRow, data: HistoryData): Promise<string> {
    const content = await this.large.textOf(row, data, historySlots);
    return envelopeOf(await this.keys.boxOf(row.workspaceId), content, historyPlace(row.id, row.revision));
  }

  /** What of a transition events show, once its history is sealed. */
  shown(row: ExecutionRow, data: HistoryData): HistoryData {
    return this.large.show(this.large.withoutKnown(row, data, shownSlots));
  }

  /** A task as a message carries it, once its execution is stored. */
  lightened(row: ExecutionRow, task: StepTask): StepTask {
    const { large, ...rest } = this.large.withoutKnown<Omit<StepTask, 'large'>>(row, task, taskSlots);
    if (!large) return task;
    const values = large.map(({ at: [at], id, bytes }) => ({ at: at as LargeValue['at'], id, bytes }));
    return { ...rest, with: rest.with ?? {}, large: values };
  }

  /** Rows as they were given to be sealed; those from before there were seals are as they were. */
  async open(rows: readonly ExecutionRow[], form: Form = 'whole'): Promise<ExecutionRow[]> {
    return Promise.all(rows.map((row) => this.openOne(row, form)));
  }

  async openHistory(rows: readonly HistoryEventEntity[], form: Form = 'whole'): Promise<HistoryEventEntity[]> {
    return Promise.all(
      rows.map(async (row) => {
        const owner = { id: row.executionId, workspaceId: row.workspaceId };
        const box = await this.keys.boxOf(row.workspaceId);
        const data = contentOf<HistoryData>(box, row.data, historyPlace(row.executionId, row.seq));
        return { ...row, data: form === 'whole' ? await this.large.putBack(owner, data) : this.large.show(data) };
      }),
    );
  }

  private async openOne(row: ExecutionRow, form: Form): Promise<ExecutionRow> {
    const stored = row.state as ExecutionRow['state'] | string;
    if (typeof stored !== 'string') return row;
    const box = await this.keys.boxOf(row.workspaceId);
    const content = contentOf<Content>(box, stored as unknown as Content, `executions/${row.id}`);
    return { ...row, ...(form === 'whole' ? await this.large.putBack(row, content) : this.large.show(content)) };
  }
}

function historyPlace(executionId: string, seq: number): string {
  return `history_events/${executionId}/${seq}`;
}
