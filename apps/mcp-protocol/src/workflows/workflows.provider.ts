import { Injectable } from '@nestjs/common';
import { digestOf } from '@scm/audit';
import { ExecutionApi, ServiceError, WorkflowApi, type Execution, type WorkflowVersion } from '@scm/contracts';
import { errorCodes, isJsonObject, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { MessagingClient } from '@scm/messaging';
import { Policy } from '@scm/policy';
import { LRUCache } from 'lru-cache';
import { CallAudit } from '../protocol/call-audit.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { Served } from '../protocol/served.js';
import { declaresTasks } from '../tasks/task-support.js';
import { endOf } from './execution-end.js';
import { createdTaskOf, taskOf } from './workflow-task.js';
import { resultOf, toolOf } from './workflow-tool.js';

const PAGE = 200;
const MAX_TOOLS = 1_000;
const TTL_MS = 5_000;
/** An execution that takes longer goes on, and is asked for by its id. */
const MAX_WAIT_MS = 50_000;

/** The workflows of a workspace as tools: to call one starts an execution and waits for its end. */
@Injectable()
export class WorkflowsProvider implements Provider {
  /** A version never changes. */
  private readonly tools = new LRUCache<string, JsonObject>({ max: MAX_TOOLS });

  constructor(
    private readonly messaging: MessagingClient,
    private readonly policy: Policy,
    private readonly audit: CallAudit,
    private readonly served: Served,
  ) {}

  async answer(exchange: Exchange): Promise<JsonObject> {
    switch (exchange.method) {
      case 'server/discover':
        return complete({ supportedVersions: this.served.stateless, capabilities: { tools: {} } }, TTL_MS);
      case 'tools/list':
        return complete({ tools: await this.list(exchange) }, TTL_MS);
      case 'tools/call':
        return this.call(exchange);
      case 'tasks/get':
        return { resultType: 'complete', ...taskOf(await this.execution(exchange)) };
      case 'tasks/cancel':
        return this.cancel(exchange);
      case 'tasks/update':
        return { resultType: 'complete' };
      default:
        throw new ProtocolError(errorCodes.methodNotFound, `workflows have no ${exchange.method}`);
    }
  }

  async findTool(name: string): Promise<JsonObject | undefined> {
    return this.messaging.request(WorkflowApi.get, { name }).then(toolOf, (error: unknown) => {
      if (error instanceof ServiceError) return undefined;
      throw error;
    });
  }

  private async list({ actor }: Exchange): Promise<JsonObject[]> {
    const resource = { workspaceId: actor.workspaceId };
    if (!this.policy.decide({ actor, permission: 'executions:write', resource }).allowed) return [];
    await this.audit.record('tools/list', 'allowed', { details: { of: 'workflows' } });
    const tools: JsonObject[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.messaging.request(WorkflowApi.list, { limit: PAGE, ...(cursor && { cursor }) });
      tools.push(...(await Promise.all(page.items.map((version) => this.tool(actor.workspaceId, version)))));
      cursor = page.nextCursor;
    } while (cursor !== undefined && tools.length < MAX_TOOLS);
    return tools;
  }

  private async tool(workspaceId: string, { name, version }: WorkflowVersion): Promise<JsonObject> {
    const key = `${workspaceId}/${name}/${version}`;
    const known = this.tools.get(key) ?? toolOf(await this.messaging.request(WorkflowApi.get, { name, version }));
    this.tools.set(key, known);
    return known;
  }

  private async call(exchange: Exchange): Promise<JsonObject> {
    const workflow = String(exchange.params['name']);
    const given = exchange.params['arguments'];
    const input = isJsonObject(given) ? given : {};
    const about = { resource: workflow, details: { digest: digestOf(input) } };
    await this.audit.record('tools/call', 'started', about);
    try {
      const { executionId } = await this.messaging.request(ExecutionApi.start, { workflow, input });
      const isTask = declaresTasks(exchange);
      const execution = await (isTask
        ? this.messaging.request(ExecutionApi.get, { id: executionId })
        : this.ended(executionId, exchange));
      await this.audit.record('tools/call', 'done', {
        ...about,
        details: { ...about.details, execution: execution.id },
      });
      return isTask ? createdTaskOf(execution) : resultOf(execution);
    } catch (error) {
      const reason = error instanceof ServiceError ? `${error.code}: ${error.message}` : 'broken off';
      await this.audit.record('tools/call', 'failed', { ...about, reason });
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === 'NOT_FOUND') throw new ProtocolError(errorCodes.invalidParams, `there is no tool ${workflow}`);
      const failure = { code: error.code, message: error.message };
      return { resultType: 'complete', isError: true, content: [{ type: 'text', text: JSON.stringify(failure) }] };
    }
  }

  private async ended(executionId: string, exchange: Exchange): Promise<Execution> {
    return endOf(this.messaging, executionId, {
      untilMs: Date.now() + MAX_WAIT_MS,
      signal: exchange.signal,
      onLook: progressOf(exchange),
    });
  }

  private async execution({ params }: Exchange): Promise<Execution> {
    return this.messaging.request(ExecutionApi.get, { id: String(params['taskId']) });
  }

  /** One that ended before stays as it is. */
  private async cancel({ params }: Exchange): Promise<JsonObject> {
    await this.messaging.request(ExecutionApi.cancel, { id: String(params['taskId']) }).catch((error: unknown) => {
      if (!(error instanceof ServiceError) || error.code !== 'FAILED_PRECONDITION') throw error;
    });
    return { resultType: 'complete' };
  }
}

/** Tells how many steps have ended, as often as that changes, when the client wants to know. */
function progressOf({ params, notify }: Exchange): ((execution: Execution) => void) | undefined {
  const { progressToken } = (params['_meta'] ?? {}) as { progressToken?: string | number };
  if (progressToken === undefined) return undefined;
  let told = 0;
  return ({ steps = [] }) => {
    const progress = steps.filter(({ status }) => status !== 'running' && status !== 'waiting').length;
    if (progress <= told) return;
    told = progress;
    notify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress } });
  };
}

function complete(result: object, ttlMs: number): JsonObject {
  return { resultType: 'complete', ...result, ttlMs, cacheScope: 'private' };
}
