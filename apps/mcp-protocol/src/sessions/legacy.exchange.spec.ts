import { describe, expect, it } from '@jest/globals';
import { DEFAULT_WORKSPACE_ID } from '@scm/contracts';
import { runCall } from '@scm/messaging';
import { metaKeys, protocolRevisions, type JsonObject, type JsonRpcRequest } from '@scm/mcp-messages';
import { requestMetaOf } from '@scm/mcp-migration';
import type { Recording } from '../captures/recording.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { McpConfig } from '../config.js';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import type { HostFunctions } from '../extensions/host-functions.js';
import { MessageHooks } from '../extensions/message-hooks.js';
import { ClientRequests } from './client-requests.js';
import { ClientInput } from './client-input.js';
import type { LegacyCaller } from './legacy-caller.js';
import { LegacyExchange } from './legacy.exchange.js';
import { LegacyTasks } from './legacy.tasks.js';
import type { TaskOutcomes } from './task.outcomes.js';
import type { TasksService } from '../tasks/tasks.service.js';
import type { Session } from './session.js';
import type { SessionBus } from './session.bus.js';
import { SessionMethods } from './session.methods.js';
import type { SessionsService } from './sessions.service.js';

const revisions = protocolRevisions.slice(0, 4);
const form = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const questions: Record<string, JsonObject> = {
  who: { method: 'elicitation/create', params: { message: 'Who?', requestedSchema: form } },
  where: { method: 'roots/list' },
  what: {
    method: 'sampling/createMessage',
    params: { messages: [{ role: 'user', content: { type: 'text', text: 'What?' } }], maxTokens: 10 },
  },
};
const answers: Record<string, JsonObject> = {
  'elicitation/create': { action: 'accept', content: { name: 'ann' } },
  'roots/list': { roots: [{ uri: 'file:///work' }] },
  'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'That.' } },
};
const call: JsonRpcRequest = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 't', arguments: {} } };

const unrecorded = { around: (_: unknown, work: () => Promise<JsonObject>) => work() } as unknown as Recording;

/** Replicas that tell each other in one process. */
function makeBus(): SessionBus {
  const hearers: ((session: string, message: JsonObject) => void)[] = [];
  return {
    on: (what: string, hear: (session: string, message: JsonObject) => void) =>
      what === 'answered' && hearers.push(hear),
    tell: async (session: string, _: string, message: JsonObject) => hearers.forEach((hear) => hear(session, message)),
  } as unknown as SessionBus;
}

/** Calls a provider as a client of a session would, which answers what it is asked at another replica. */
async function play(
  revision: (typeof revisions)[number],
  provider: Provider,
  answer = (request: JsonObject): JsonObject => ({ result: answers[String(request['method'])] }),
) {
  const bus = makeBus();
  const [asking, other] = [new ClientRequests(bus), new ClientRequests(bus)];
  const sent: JsonObject[] = [];
  const capabilities = { elicitation: {}, roots: {}, sampling: {} };
  const opening = { protocolVersion: revision, capabilities, clientInfo: { name: 'c', version: '1' } };
  const requestMeta = requestMetaOf(opening, revision);
  const session = { id: 's', revision, requestMeta, subscriptions: [] } as unknown as Session;
  const caller: LegacyCaller = { revision, requestMeta, transport: 'http', session };
  const sessions = {} as SessionsService;
  const tasks = new LegacyTasks(provider, {} as TasksService, {} as TaskOutcomes, sessions);
  const extensions = new ExtensionRegistry(new McpConfig());
  const exchange = new LegacyExchange(
    provider,
    new ClientInput(asking),
    new SessionMethods(sessions),
    tasks,
    unrecorded,
    extensions,
    new MessageHooks(extensions, {} as HostFunctions),
  );
  const stream = {
    canSend: true,
    signal: new AbortController().signal,
    send: (message: object) => {
      const request = message as JsonObject;
      sent.push(request);
      if (request['id'] !== undefined)
        void other.answered('s', { jsonrpc: '2.0', id: request['id'], ...answer(request) });
    },
  };
  const actor = { kind: 'user', id: 'u', name: 'u', workspaceId: DEFAULT_WORKSPACE_ID } as const;
  const response = await runCall({ actor, signal: stream.signal }, () => exchange.answer(call, caller, stream));
  return { response: response as JsonObject, sent };
}

/** Asks its questions first, and then tells what it was answered. */
const asker = (asked: readonly string[]): Provider => ({
  answer: async ({ params }) => {
    if (params['inputResponses'] === undefined) {
      const inputRequests = Object.fromEntries(asked.map((key) => [key, questions[key]]));
      return { resultType: 'input_required', inputRequests, requestState: 'kept verbatim' };
    }
    const text = JSON.stringify([params['inputResponses'], params['requestState']]);
    return { resultType: 'complete', content: [{ type: 'text', text }] };
  },
});

const textOf = ({ result }: JsonObject): unknown =>
  JSON.parse(((result as JsonObject)['content'] as { text: string }[])[0]?.text ?? 'null');

describe.each(revisions)('a call of a client of %s', (revision) => {
  it('that needs input asks the client itself, and goes on with its answers', async () => {
    const asked = revision < '2025-06-18' ? ['where', 'what'] : ['who', 'where', 'what'];
    const { response, sent } = await play(revision, asker(asked));
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(asked.map((key) => questions[key]?.['method'])));
    expect(sent).toHaveLength(asked.length);
    const [inputResponses, requestState] = textOf(response) as [JsonObject, string];
    expect(requestState).toBe('kept verbatim');
    for (const key of asked) {
      expect(inputResponses[key]).toMatchObject(answers[String(questions[key]?.['method'])] ?? {});
    }
  });

  it('cancels a form that the client cannot show', async () => {
    const { response } = await play(revision, asker(revision < '2025-06-18' ? ['who'] : []));
    if (revision < '2025-06-18')
      expect(textOf(response)).toMatchObject([{ who: { action: 'cancel' } }, 'kept verbatim']);
  });

  it('ends when there are too many rounds', async () => {
    let rounds = 0;
    const { response } = await play(revision, {
      answer: async () => ({ resultType: 'input_required', inputRequests: { where: questions['where'] }, n: ++rounds }),
    });
    expect(response['error']).toMatchObject({ code: -32_603 });
    expect(rounds).toBe(9);
  });

  it('gets progress by its own token, and only the log messages it wants', async () => {
    const seen: Exchange[] = [];
    const { sent } = await play(revision, {
      answer: async (exchange) => {
        seen.push(exchange);
        const progress = { progressToken: 'other', progress: 1 };
        exchange.notify({ jsonrpc: '2.0', method: 'notifications/progress', params: progress });
        exchange.notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'error', data: 'x' } });
        return { resultType: 'complete', content: [] };
      },
    });
    expect(sent).toEqual([]);
    expect(seen[0]?.params['_meta']).toMatchObject({
      [metaKeys.protocolVersion]: '2026-07-28',
      [metaKeys.clientInfo]: { name: 'c' },
    });
  });

  it('fails as the client fails', async () => {
    const { response } = await play(revision, asker(['what']), () => ({ error: { code: -1, message: 'no' } }));
    expect(response['error']).toMatchObject({ code: -1, message: 'no' });
  });
});
