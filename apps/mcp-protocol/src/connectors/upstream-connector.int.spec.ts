import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_WORKSPACE_ID, type Actor } from '@scm/contracts';
import { EgressClient } from '@scm/egress';
import { metaKeys, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';
import { SecretBox } from '@scm/service';
import { waitFor } from '@scm/testing';
import { McpConfig } from '../config.js';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import type { HostFunctions } from '../extensions/host-functions.js';
import { MessageHooks } from '../extensions/message-hooks.js';
import type { Exchange } from '../protocol/exchange.js';
import { ParkedCalls } from './parked-calls.js';
import { RequestStates } from './request-state.js';
import { UpstreamConnector } from './upstream-connector.js';
import type { UpstreamTarget } from './upstream-target.js';

const fixture = join(import.meta.dirname, '../../../../tests/conformance/fixture/main.mjs');
const ann: Actor = { kind: 'user', id: 'ann', name: 'ann', workspaceId: DEFAULT_WORKSPACE_ID, role: 'admin' };
const bob: Actor = { ...ann, id: 'bob', name: 'bob' };
const everything = { sampling: {}, elicitation: { form: {} }, roots: {} };

const egress = new EgressClient({ allow: ['127.0.0.1'], connections: 64 });
const states = new RequestStates(new SecretBox(randomBytes(32)));
const calls = new ParkedCalls();
const children: ChildProcess[] = [];
const connectors: UpstreamConnector[] = [];

function connectorTo(target: UpstreamTarget): UpstreamConnector {
  const relay = () => Promise.reject(new Error('there is no other replica'));
  const hooks = new MessageHooks(new ExtensionRegistry(new McpConfig()), {} as HostFunctions);
  const connector = new UpstreamConnector(target, {
    hooks,
    fetch: egress.fetch,
    parking: { owner: 'here', calls, states, relay },
  });
  connectors.push(connector);
  return connector;
}

async function overHttp(revision: string): Promise<UpstreamConnector> {
  const child = spawn(process.execPath, [fixture, '--revision', revision], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const url = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
  return connectorTo({ transport: 'streamable-http', url, headers: {} });
}

function exchange(
  method: string,
  params: JsonObject = {},
  options: Partial<Asked> = {},
): Exchange & { told: JsonRpcNotification[] } {
  const { actor = ann, capabilities = everything, meta = {}, signal = new AbortController().signal } = options;
  const told: JsonRpcNotification[] = [];
  const _meta = {
    [metaKeys.protocolVersion]: '2026-07-28',
    [metaKeys.clientCapabilities]: capabilities,
    [metaKeys.clientInfo]: { name: 'spec', version: '1' },
    ...meta,
  };
  return { method, params: { ...params, _meta }, actor, signal, told, notify: (n) => void told.push(n) };
}

interface Asked {
  actor: Actor;
  capabilities: JsonObject;
  meta: JsonObject;
  signal: AbortSignal;
}

const tool = (name: string, more: JsonObject = {}, options: Partial<Asked> = {}) =>
  exchange('tools/call', { name, arguments: {}, ...more }, options);

const accepted = (content: JsonObject) => ({ action: 'accept', content });

/** Answers every question of a result that asks for input. */
function answersTo({ inputRequests }: JsonObject, content: JsonObject): JsonObject {
  const answerOf = ({ method }: JsonObject) => {
    if (method === 'roots/list') return { roots: [{ uri: 'file:///home' }] };
    if (method === 'elicitation/create') return accepted(content);
    return { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'spec' };
  };
  return Object.fromEntries(
    Object.entries(inputRequests as Record<string, JsonObject>).map(([key, asked]) => [key, answerOf(asked)]),
  );
}

const textOf = ({ content }: JsonObject) => (content as { text: string }[])[0]?.text;

let upstreams: Record<string, UpstreamConnector>;

beforeAll(async () => {
  upstreams = {
    'a server of 2026-07-28': await overHttp('2026-07-28'),
    'a server of 2025-11-25': await overHttp('2025-11-25'),
    'a child over stdio': connectorTo({ transport: 'stdio', command: process.execPath, args: [fixture, '--stdio'] }),
  };
});

afterAll(async () => {
  calls.close();
  await Promise.all(connectors.map((connector) => connector.close()));
  for (const child of children) child.kill('SIGTERM');
  await egress.close();
});

describe.each(['a server of 2026-07-28', 'a server of 2025-11-25', 'a child over stdio'])('%s', (which) => {
  const upstream = () => upstreams[which] as UpstreamConnector;

  it('says what it is and can', async () => {
    const result = await upstream().answer(exchange('server/discover'));
    expect(result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: { listChanged: true } },
      _meta: { [metaKeys.serverInfo]: { name: 'conformance-fixture' } },
    });
  });

  it('lists, reads, calls and completes', async () => {
    const { tools, ttlMs, resultType } = await upstream().answer(exchange('tools/list'));
    expect([Array.isArray(tools), ttlMs, resultType]).toEqual([true, 0, 'complete']);
    expect(textOf(await upstream().answer(tool('test_simple_text')))).toBe(
      'This is a simple text response for testing.',
    );
    expect(await upstream().answer(tool('test_error_handling'))).toMatchObject({ isError: true });
    const read = await upstream().answer(exchange('resources/read', { uri: 'test://template/7/data' }));
    expect(JSON.stringify(read)).toContain('Data for ID: 7');
    const ref = { type: 'ref/prompt', name: 'test_prompt_with_arguments' };
    const completed = exchange('completion/complete', { ref, argument: { name: 'arg1', value: 'par' } });
    expect(await upstream().answer(completed)).toMatchObject({ completion: { total: 3 } });
  });

  it('says of a resource that is not there what the canonical revision says', async () => {
    const uri = 'test://nothing';
    const failure = upstream().answer(exchange('resources/read', { uri }));
    await expect(failure).rejects.toMatchObject({ code: -32602, data: { uri } });
  });

  it('tells progress with the token of the client, and logs at its level', async () => {
    const progressing = tool('test_tool_with_progress', {}, { meta: { progressToken: 'mine' } });
    await upstream().answer(progressing);
    expect(progressing.told.map(({ params }) => [params?.['progressToken'], params?.['progress']])).toEqual([
      ['mine', 0],
      ['mine', 50],
      ['mine', 100],
    ]);
    const logging = tool('test_tool_with_logging', {}, { meta: { [metaKeys.logLevel]: 'info' } });
    await upstream().answer(logging);
    expect(logging.told.map(({ method }) => method)).toEqual(Array(3).fill('notifications/message'));
    const quiet = tool('test_tool_with_logging');
    await upstream().answer(quiet);
    expect(quiet.told).toEqual([]);
  });

  it('asks the client in the middle of a call, as often as it takes', async () => {
    const name = 'test_input_required_result_multi_round';
    const first = await upstream().answer(tool(name));
    const { requestState } = first;
    const second = await upstream().answer(
      tool(name, { inputResponses: answersTo(first, { name: 'Ann' }), requestState }),
    );
    expect(second['resultType']).toBe('input_required');
    expect(second['requestState']).not.toBe(requestState);
    const last = tool(name, {
      inputResponses: answersTo(second, { color: 'blue' }),
      requestState: second['requestState'],
    });
    expect(textOf(await upstream().answer(last))).toBe('{"name":"Ann","color":"blue"}');
  });

  it('asks for several things at once', async () => {
    const name = 'test_input_required_result_multiple_inputs';
    const asked = await upstream().answer(tool(name));
    expect(
      Object.values(asked['inputRequests'] as Record<string, JsonObject>)
        .map(({ method }) => method)
        .join(' '),
    ).toBe('elicitation/create sampling/createMessage roots/list');
    const { requestState } = asked;
    const answered = tool(name, { inputResponses: answersTo(asked, { name: 'Ann' }), requestState });
    expect(textOf(await upstream().answer(answered))).toBe('All three answers came');
  });

  it('asks again for what was not answered, or not as asked', async () => {
    const name = 'test_input_required_result_elicitation';
    const asked = await upstream().answer(tool(name));
    const wrong = { requestState: asked['requestState'], inputResponses: { nothing: accepted({}) } };
    const again = await upstream().answer(tool(name, wrong));
    expect(again['resultType']).toBe('input_required');
    const { requestState } = again;
    const answered = tool(name, { inputResponses: answersTo(again, { name: 'Ann' }), requestState });
    expect(textOf(await upstream().answer(answered))).toBe('Hello, Ann!');
  });

  it('asks for nothing that the client did not declare', async () => {
    const name = 'test_input_required_result_capabilities';
    const asked = await upstream().answer(tool(name, {}, { capabilities: { sampling: {} } }));
    const methods = Object.values(asked['inputRequests'] as Record<string, JsonObject>).map(({ method }) => method);
    expect(methods).toEqual(['sampling/createMessage']);
  });

  it('tells of changes to who listens, until it stops', async () => {
    const stop = new AbortController();
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['test://watched-resource'] };
    const listening = exchange('subscriptions/listen', { notifications }, { signal: stop.signal });
    const ended = upstream()
      .answer(listening)
      .catch(() => undefined);
    const told = (method: string) => waitFor(() => listening.told.find((n) => n.method === method), { what: method });
    expect(await told('notifications/subscriptions/acknowledged')).toMatchObject({ params: { notifications } });
    await upstream().answer(tool('test_trigger_tool_change'));
    await told('notifications/tools/list_changed');
    await upstream().answer(tool('test_trigger_resource_update', { arguments: { uri: 'test://watched-resource' } }));
    expect(await told('notifications/resources/updated')).toMatchObject({ params: { uri: 'test://watched-resource' } });
    await upstream().answer(tool('test_trigger_prompt_change'));
    expect(listening.told.map(({ method }) => method)).not.toContain('notifications/prompts/list_changed');
    stop.abort();
    await ended;
  });

  it('ends a call whose client went away', async () => {
    const stop = new AbortController();
    const call = upstream().answer(tool('test_tool_with_progress', {}, { signal: stop.signal }));
    stop.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
  });
});

it('tells who listens of changes that the stream of a call of a session brings', async () => {
  const upstream = upstreams['a server of 2025-11-25'] as UpstreamConnector;
  const stop = new AbortController();
  const uri = 'test://watched-resource';
  const listening = exchange(
    'subscriptions/listen',
    { notifications: { resourceSubscriptions: [uri] } },
    { signal: stop.signal },
  );
  const ended = upstream.answer(listening).catch(() => undefined);
  await waitFor(() => listening.told.length > 0, { what: 'the acknowledgement' });
  const call = tool('test_resource_update_in_call', { arguments: { uri } });
  await upstream.answer(call);
  await waitFor(() => listening.told.some(({ method }) => method === 'notifications/resources/updated'), {
    what: 'the update',
  });
  expect(call.told).toEqual([]);
  stop.abort();
  await ended;
});

describe('a state that the client carries', () => {
  const name = 'test_input_required_result_elicitation';
  const older = () => upstreams['a server of 2025-11-25'] as UpstreamConnector;
  const retry = (requestState: unknown, more: JsonObject = {}, options: Partial<Asked> = {}) =>
    older().answer(tool(name, { requestState, inputResponses: {}, ...more }, options));

  it('opens for nobody else, for no other call, and not when it was changed', async () => {
    const { requestState } = await older().answer(tool(name));
    const refused = { code: -32602 };
    await expect(retry(`${String(requestState)}-TAMPERED`)).rejects.toMatchObject(refused);
    await expect(retry(`${String(requestState)}=`)).rejects.toMatchObject(refused);
    await expect(retry(requestState, {}, { actor: bob })).rejects.toMatchObject(refused);
    await expect(retry(requestState, { arguments: { other: 1 } })).rejects.toMatchObject(refused);
    expect(await retry(requestState)).toMatchObject({ resultType: 'input_required' });
    await expect(retry(requestState)).rejects.toMatchObject(refused);
  });

  it('is accepted in none of 10,000 forms that differ in one bit or byte', async () => {
    const sealed = states.seal(tool(name), { owner: 'here', call: 'x', round: 1, expiresAt: Date.now() + 60_000 });
    const bytes = Buffer.from(sealed, 'base64url');
    const accepted = Array.from({ length: 10_000 }, (_, i) => {
      const changed = Buffer.from(bytes);
      const at = i % bytes.length;
      changed[at] = (changed[at] ?? 0) ^ (1 + (Math.floor(i / bytes.length) % 255));
      return changed.toString('base64url');
    }).filter((state) => opens(state));
    expect(accepted).toEqual([]);
    expect(opens(sealed)).toBe(true);
  });

  function opens(state: string): boolean {
    try {
      return states.open(tool(name), state) !== undefined;
    } catch {
      return false;
    }
  }

  it('is not accepted after its time', () => {
    const sealed = states.seal(tool(name), { owner: 'here', call: 'x', round: 1, expiresAt: Date.now() - 1 });
    expect(opens(sealed)).toBe(false);
  });
});
