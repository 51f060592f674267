import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  allContracts,
  DEFAULT_WORKSPACE_ID,
  errorTable,
  isErrorCode,
  type Actor,
  type RpcContract,
} from '@scm/contracts';
import { ContextSigner } from '@scm/policy';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Census, expectWell, forAll, httpFaults, send, type Reply } from './doors.js';
import { jsonCases, type JsonCase } from './inputs.js';
import { authorization, pathFor, readRoutes, setStage, type Route, type Stage } from './routes.js';
import { frameFault, mcpErrorFaults, mcpMessage, StreamLane } from './sockets.js';

const rpcs = allContracts.flatMap(({ contract }) => (contract.kind === 'rpc' ? [contract] : []));

let scm: WholeMesh;
let routes: Route[];
let stage: Stage;
let nc: NatsConnection;

beforeAll(async () => {
  scm = await startWholeMesh();
  [routes, stage, nc] = await Promise.all([readRoutes(scm), setStage(scm), connectNats()]);
}, 60_000);

afterAll(async () => {
  await nc?.close();
  await scm?.stop();
}, 30_000);

it('each JSON case as the body of every POST and PATCH', async () => {
  const census = new Census('JSON cases as HTTP bodies');
  const doors = routes.filter(({ method }) => method === 'POST' || method === 'PATCH');
  await forAll(pairs(doors, jsonCases), async ([route, json]) => {
    const accept = 'application/json, text/event-stream';
    const sent = { method: route.method, path: pathFor(route, stage), body: json.text };
    const reply = await send(scm.url, { ...sent, headers: { ...authorization(route, stage), accept } });
    census.count(reply.status);
    const faults = [
      ...(route.path.startsWith('/mcp') ? mcpFaults(reply) : httpFaults(reply)),
      ...verdictFaults(json, reply),
    ];
    for (const fault of faults) census.fault(route.name, fault, `${json.name} -> ${reply.text}`);
  });
  census.print();
  expect(census.faults).toEqual([]);
  expect(census.sent).toBe(doors.length * 318);
  await expectWell(scm);
}, 60_000);

it('each JSON case as the payload of every request on NATS, with a caller and without', async () => {
  const census = new Census('JSON cases as NATS payloads');
  const contextOf = signers();
  await forAll(pairs(rpcs, jsonCases), async ([contract, json]) => {
    for (const context of [await contextOf(contract), undefined]) {
      const h = headers();
      if (context) h.set('Scm-Context', context);
      const reply = await nc.request(contract.subject, json.text, { timeout: 10_000, headers: h });
      const status = reply.headers?.get('Nats-Service-Error-Code') || '200';
      census.count(status);
      const { code = '', message } = reply.json<{ code?: string; message?: string }>();
      const isTyped = isErrorCode(code) && String(errorTable[code].status) === status && !!message;
      const isFault = status !== '200' && (!isTyped || Number(status) >= 500);
      if (isFault) census.fault(contract.subject, `${status} ${code}`, `${json.name} -> ${reply.string()}`);
      if (json.verdict === 'reject' && !isEmpty(json) && status === '200')
        census.fault(contract.subject, 'took what is no JSON', json.name);
      if (!context && contract.access !== 'public' && status !== '401')
        census.fault(contract.subject, `answered ${status} to nobody`, json.name);
    }
  });
  census.print();
  expect(census.faults).toEqual([]);
  expect(census.sent).toBe(rpcs.length * 318 * 2);
  await expectWell(scm);
}, 90_000);

it('each JSON case as a frame of the stream, before and after its hello', async () => {
  const census = new Census('JSON cases as frames');
  const rest = pairs([true, false], jsonCases);
  const lanes = Array.from({ length: 16 }, () => new StreamLane(scm.url, stage.apiKey));
  await forAll(lanes, async (lane) => {
    for (const [greeted, json] of rest) {
      const outcome = await lane.tell(json.text, greeted);
      census.count(outcome.closed?.code ?? outcome.errors[0] ?? 'taken');
      const fault = outcome.closed ? frameFault(outcome) : 'was taken';
      if (fault) census.fault('frame', fault, json.name);
    }
    lane.close();
  });
  census.print();
  expect(census.faults).toEqual([]);
  await expectWell(scm);
}, 60_000);

function connectNats(): Promise<NatsConnection> {
  const { host, username } = new URL(scm.mesh.nats.url);
  return connect({ servers: host, ...(username && { token: username }) });
}

function* pairs<A, B>(ones: readonly A[], others: readonly B[]): Generator<[A, B]> {
  for (const one of ones) for (const other of others) yield [one, other];
}

/** Whether the parser read the text as RFC 8259 has it; bodies are objects. */
function verdictFaults(json: JsonCase, { status, text: answer }: Reply): string[] {
  const { verdict, text } = json;
  if (verdict === 'reject') return status < 400 && !isEmpty(json) ? ['took what is no JSON'] : [];
  if (verdict === 'either') return [];
  if (/not JSON/.test(answer)) return ['refused JSON as none'];
  const isObject = /^\s*\{/.test(text);
  return isObject || status >= 400 ? [] : ['took what is no object'];
}

function mcpFaults(reply: Reply): string[] {
  const { status, type, text } = reply;
  // What the edge refuses never reaches the protocol.
  if (status >= 500 || type.startsWith('application/problem+json')) return httpFaults(reply);
  const { error } = mcpMessage(text);
  if (error) return mcpErrorFaults(error);
  return status < 400 ? [] : [`${status} without an error`];
}

/** No payload is an empty object to us, and a byte order mark before it may be ignored (RFC 8259, 8.1). */
function isEmpty({ text }: JsonCase): boolean {
  return text === '' || text === '\ufeff';
}

/** Contexts of someone who may call: an administrator, or a service where only services may. */
function signers(): (contract: RpcContract) => Promise<string> {
  const user: Actor = {
    kind: 'user',
    id: stage.ids.users ?? '',
    name: 'tried',
    workspaceId: DEFAULT_WORKSPACE_ID,
    role: 'admin',
  };
  const service: Actor = {
    kind: 'service',
    id: 'step-workers',
    name: 'step-workers',
    workspaceId: DEFAULT_WORKSPACE_ID,
  };
  const users = new ContextSigner(scm.mesh.contextKey('gateway'));
  const services = new ContextSigner(scm.mesh.contextKey('step-workers'));
  return ({ access }) => (access === 'internal' ? services.sign(service) : users.sign(user));
}
