import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isErrorCode, type JsonSchema } from '@scm/contracts';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Census, expectWell, forAll, unnamed, type Reply } from './doors.js';
import { naughtyStrings } from './inputs.js';
import { exampleOf, groupsFor, placed, positionsIn } from './positions.js';
import { examplesFor, NOBODY, setStage, type Stage } from './routes.js';
import { frameFault, mcpErrorFaults, mcpMessage, sendMcp, StreamLane } from './sockets.js';

let scm: WholeMesh;
let stage: Stage;

beforeAll(async () => {
  scm = await startWholeMesh();
  stage = await setStage(scm);
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

it('each naughty string in every text of every frame', async () => {
  const token = stage.apiKey;
  const frames: Record<string, unknown>[] = [
    { t: 'hello', v: 1, token, client: { free: 'text' } },
    { t: 'sub', id: 1, ch: 'alerts', mode: 'latest', since: { epoch: NOBODY, seq: 1 } },
    { t: 'sub', id: 1, ch: 'alerts', since: 'start' },
    { t: 'unsub', id: 1, ch: 'alerts' },
    { t: 'ack', ch: 'alerts', seq: 1 },
    { t: 'auth', token },
  ];
  const census = new Census('naughty strings in frames');
  const tries = frames.flatMap((frame) => {
    const isHello = frame.t === 'hello';
    const positions = positionsIn(frame).filter(({ path }) => isHello || path[0] !== 't');
    return positions.flatMap((position) => naughtyStrings.map((text) => ({ frame, position, text, isHello })));
  });
  const rest = tries.values();
  await forAll(lanes(16), async (lane) => {
    for (const { frame, position, text, isHello } of rest) {
      const sent = JSON.stringify(placed(frame, {}, [{ ...position, text }]));
      const outcome = await lane.tell(sent, !isHello);
      census.count(outcome.closed?.code ?? outcome.errors[0] ?? 'taken');
      const fault = frameFault(outcome);
      if (fault) census.fault(`${String(frame.t)} ${position.path.join('.')}`, fault, sent);
    }
    lane.close();
  });
  census.print();
  expect(census.faults).toEqual([]);
  expect(census.sent).toBe(tries.length);
  await expectWell(scm);
}, 60_000);

it('each naughty string in every argument of every tool, in their names and in URIs of resources', async () => {
  const census = new Census('naughty strings in tools and resources');
  const tools = await readTools();
  const inArguments = tools.flatMap(({ name, inputSchema }) => {
    const example = exampleOf(inputSchema, examplesFor(name));
    const positions = positionsIn(example, inputSchema);
    return naughtyStrings.flatMap((text) =>
      groupsFor(positions, text).map((group) => {
        const texts = group.map((position) => ({ ...position, text }));
        const fields = group.map(({ path }) => String(path[0]));
        const params = { name, arguments: placed(example, inputSchema, texts) };
        return { where: `${name} ${fields.join()}`, method: 'tools/call', params, fields };
      }),
    );
  });
  const inNames = naughtyStrings.flatMap((text) => [
    { where: 'name of a tool', method: 'tools/call', params: { name: text, arguments: {} }, fields: [] },
    { where: 'resource', method: 'resources/read', params: { uri: text }, fields: [] },
    { where: 'metric', method: 'resources/read', params: { uri: `scm://metrics/${text}` }, fields: [] },
  ]);
  await forAll([...inArguments, ...inNames], async ({ where, method, params, fields }) => {
    const reply = await sendMcp(scm.url, stage.apiKey, method, params, fields.length === 0);
    census.count(reply.status);
    for (const fault of mcpFaults(reply, fields))
      census.fault(where, fault, `${JSON.stringify(params)} -> ${reply.text}`);
  });
  census.print();
  expect(census.faults).toEqual([]);
  // As many texts as there were when this was written.
  expect(inArguments.length).toBeGreaterThanOrEqual(10 * naughtyStrings.length);
  await expectWell(scm);
}, 90_000);

function lanes(count: number): StreamLane[] {
  return Array.from({ length: count }, () => new StreamLane(scm.url, stage.apiKey));
}

async function readTools(): Promise<{ name: string; inputSchema: JsonSchema }[]> {
  const { text } = await sendMcp(scm.url, stage.apiKey, 'tools/list', {});
  const tools = mcpMessage(text).result?.tools as { name: string; inputSchema: JsonSchema }[];
  // A range has all three: its schema says of each alone that it may be absent.
  const range = tools.find(({ name }) => name === 'query_metrics')?.inputSchema;
  if (range) range.required = ['query', 'start', 'end', 'step'];
  return tools;
}

/** A refusal is a JSON-RPC error, or a result that says which argument is at fault. */
function mcpFaults({ status, text }: Reply, fields: string[]): string[] {
  if (status >= 500) return [`answered ${status}`];
  const { error, result } = mcpMessage(text);
  if (error) return mcpErrorFaults(error);
  if (!result) return ['neither result nor error'];
  if (!result.isError) return [];
  const { code, errors } = (result.structuredContent ?? {}) as { code?: string; errors?: unknown };
  if (!code || !isErrorCode(code) || code === 'INTERNAL') return [`a result with the code ${code}`];
  return code === 'INVALID_ARGUMENT' ? unnamed(errors, fields) : [];
}
