import { Injectable } from '@nestjs/common';
import { ServiceError, StepApi, type StepReport, type StepReportReply } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { serviceActor } from '@scm/service';

const MAX_REPORTS = 64;
const MAX_CHARACTERS = 524_288;

interface Waiting {
  report: StepReport;
  characters: number;
  resolve: (reply: StepReportReply) => void;
  reject: (error: unknown) => void;
}

/** Brings reports to the orchestrator; those that come about together, in one message for each workspace. */
@Injectable()
export class ReportSender {
  private waiting = new Map<string, Waiting[]>();

  constructor(private readonly messaging: MessagingClient) {}

  /** Resolves after the commit. Throws ServiceError when the report was refused, or nobody knows. */
  async send(report: StepReport): Promise<StepReportReply> {
    const reply = await new Promise<StepReportReply>((resolve, reject) => {
      const characters = JSON.stringify(report).length;
      this.gather({ report, characters, resolve, reject });
    });
    if (reply.error) throw new ServiceError(reply.error.code, reply.error.message);
    return reply;
  }

  /** What is reported in one turn of the event loop goes together. */
  private gather(one: Waiting): void {
    if (this.waiting.size === 0) setImmediate(() => this.flush());
    const { workspaceId } = one.report;
    const beside = this.waiting.get(workspaceId);
    if (beside) beside.push(one);
    else this.waiting.set(workspaceId, [one]);
  }

  private flush(): void {
    const groups = this.waiting;
    this.waiting = new Map();
    for (const [workspaceId, group] of groups)
      for (const batch of fitting(group)) void this.deliver(workspaceId, batch);
  }

  private async deliver(workspaceId: string, batch: readonly Waiting[]): Promise<void> {
    try {
      const request = { reports: batch.map(({ report }) => report) };
      const { replies } = await this.messaging.request(StepApi.report, request, {
        as: serviceActor('step-workers', workspaceId),
      });
      replies.forEach((reply, i) => batch[i]?.resolve(reply));
    } catch (error) {
      // Among many, one that is not valid must not stand in the way of the others.
      if (batch.length > 1 && error instanceof ServiceError && error.code === 'INVALID_ARGUMENT')
        for (const one of batch) void this.deliver(workspaceId, [one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}

function fitting(group: readonly Waiting[]): Waiting[][] {
  const batches: Waiting[][] = [];
  let characters = 0;
  for (const one of group) {
    const last = batches.at(-1);
    characters += one.characters;
    if (last && last.length < MAX_REPORTS && characters <= MAX_CHARACTERS) last.push(one);
    else {
      batches.push([one]);
      characters = one.characters;
    }
  }
  return batches;
}
