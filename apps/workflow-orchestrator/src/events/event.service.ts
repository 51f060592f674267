import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { WorkflowEvents, type EventEmitted, type Nothing, type SendEventRequest } from '@scm/contracts';
import { derivedId, newId, oweEvent } from '@scm/database';
import { currentActor, currentTraceId, currentTraceparent } from '@scm/messaging';
import { EventRelay, serviceActor } from '@scm/service';
import { DefinitionRepository } from '../definitions/definition.repository.js';
import { evaluate } from '../definitions/expression.js';
import { Aftermath } from '../executions/aftermath.js';
import { ExecutionRepository } from '../executions/execution.repository.js';
import { ExecutionService } from '../executions/execution.service.js';
import { TransitionRepository } from '../executions/transition.repository.js';
import type { CloudEvent } from '../machine/cloud-event.js';
import { EventSeal } from '../payloads/event.seal.js';
import { assertSmallEnough } from '../payloads/limits.js';
import { fits } from '../machine/event-filter.js';

const PAGE = 200;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Events of workflows and of people: whoever waits for one in the same workspace gets it. */
@Injectable()
export class EventService {
  constructor(
    private readonly database: ExecutionRepository,
    private readonly transitions: TransitionRepository,
    private readonly definitions: DefinitionRepository,
    private readonly executions: ExecutionService,
    private readonly aftermath: Aftermath,
    private readonly relay: EventRelay,
    private readonly seal: EventSeal,
    private readonly audit: AuditLog,
  ) {}

  /** Answers when the event is stored; it is delivered after that. */
  async send(request: SendEventRequest): Promise<Nothing> {
    assertSmallEnough(request.data, 'data');
    const actor = currentActor();
    const { workspaceId } = actor;
    const source = `urn:scm:${actor.kind}:${actor.id}`;
    const event: CloudEvent = { specversion: '1.0', id: newId(), source, time: new Date().toISOString(), ...request };
    await this.database.inWorkspace(workspaceId, async (tx) => {
      const payload = { workspaceId, event };
      const traceparent = currentTraceparent();
      const owed = { workspaceId, keys: [workspaceId], payload, traceparent };
      await oweEvent(tx, WorkflowEvents.eventEmitted, owed, (id) => this.seal.seal(workspaceId, id, payload));
      await this.audit.record(tx, {
        actor,
        action: 'executions:write',
        outcome: 'done',
        resourceType: 'event',
        resourceId: event.id,
        details: { type: event.type },
        traceId: currentTraceId(),
      });
    });
    this.relay.notify();
    return {};
  }

  /** To every execution that waits for it, and to the workflows that it starts. Doing it again changes nothing. */
  async deliver({ workspaceId, event: payload }: EventEmitted): Promise<void> {
    const event = payload as CloudEvent;
    for (let after = FIRST_ID, full = true; full;) {
      const ids = await this.transitions.listening(workspaceId, event.type, after, PAGE);
      await Promise.all(ids.map((id) => this.aftermath.apply(id, { kind: 'event', event }, { workspaceId })));
      full = ids.length === PAGE;
      after = ids.at(-1) ?? after;
    }
    await this.startFor(workspaceId, event);
  }

  private async startFor(workspaceId: string, event: CloudEvent): Promise<void> {
    const startedBy = `event:${event.id}`.slice(0, 256);
    const actor = serviceActor('workflow-orchestrator', workspaceId, startedBy);
    for (const { name, version, filter } of await this.definitions.startedByEvents(workspaceId, event.type)) {
      if (!fits(filter, event, (expression, data) => evaluate(expression, { data, variables: {} }))) continue;
      const start = { id: derivedId(`${workspaceId}|${event.source}|${event.id}|${name}`), actor, startedBy };
      const input = typeof event.data === 'object' && event.data ? { ...event.data } : { data: event.data ?? null };
      await this.executions.startAs(start, { workflow: name, version, input });
    }
  }
}
