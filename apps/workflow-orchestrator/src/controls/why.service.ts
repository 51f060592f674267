import { Injectable } from '@nestjs/common';
import type { Reason, WhyReply } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { PlanCache } from '../definitions/plan.cache.js';
import { ExecutionRepository } from '../executions/execution.repository.js';
import { found } from '../executions/execution.service.js';
import { hasEnded } from '../executions/move.js';
import { nodeAt, type Plan } from '../machine/plan.js';
import { framesOf, type Frame } from '../machine/state.js';
import { placeReason } from '../queues/place.js';
import { QueueRepository } from '../queues/queue.repository.js';
import { WHOLE } from '../queues/queueing.js';

/** Why an execution is where it is: everything that is open, and what it waits for. */
@Injectable()
export class WhyService {
  constructor(
    private readonly executions: ExecutionRepository,
    private readonly plans: PlanCache,
    private readonly queue: QueueRepository,
  ) {}

  async why(id: string): Promise<WhyReply> {
    const { workspaceId } = currentActor();
    const { workflow, version, state, status, error, queued } = await this.executions.inWorkspace(
      workspaceId,
      async (tx) => found(await this.executions.find(tx, id, 'shown'), id),
    );
    if (hasEnded(status))
      return { status, reasons: [{ waits: 'nothing', detail: error?.detail ?? `it is ${status}` }] };
    const plan = await this.plans.get(workspaceId, workflow, version);
    const places = await this.queue.placesOf({ id, queued });
    const whole = places.get(WHOLE);
    const reasons = [
      ...(whole ? [placeReason(whole)] : []),
      ...framesOf(state).flatMap((frame) => {
        const place = places.get(frame.id);
        return reasonOf(plan, frame).map((reason) => (place ? { ...reason, ...placeReason(place) } : reason));
      }),
    ];
    return { status, reasons: state.paused ? [{ waits: 'resume', detail: 'it is paused' }, ...reasons] : reasons };
  }
}

const DETAILS: Record<NonNullable<Frame['waits']>, string> = {
  retry: 'the last attempt failed, the next one is due',
  timer: 'it waits for a time',
  event: 'it waits for an event',
  approval: 'it waits for somebody to approve it',
  decision: 'nobody knows what an attempt has done, and somebody has to say how it goes on',
  resume: 'it begins when the execution is resumed',
  admission: 'its limits let it begin',
};

/** Lists and tasks that only wait for what is below them say nothing. */
function reasonOf(plan: Plan, frame: Frame): Reason[] {
  const { id, kind, ref, waits, wakeAt, timeoutAt, startedAt, attempt } = frame;
  if (kind === 'list' || kind === 'undo') return [];
  const { name } = nodeAt(plan, ref);
  const until = wakeAt ?? timeoutAt;
  const about = { step: id, name, since: startedAt, ...(until && { until }) };
  if (waits) return [{ ...about, waits, detail: DETAILS[waits] }];
  if (kind === 'call') return [{ ...about, waits: 'worker', detail: `attempt ${attempt} is with the workers` }];
  if (kind === 'run')
    return [{ ...about, waits: 'child', detail: `execution ${String(frame.own?.child)} is under way` }];
  return [];
}
