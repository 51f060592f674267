import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import type { Execution, HistoryEvent } from '@scm/contracts';
import { skipUnless } from '@scm/testing';
import { startWorkflowMesh, type WorkflowMesh } from '../testing/workflow-mesh.js';
import { readScenarios, type Scenario } from '../testing/scenarios.js';
import { startStandIns } from '../testing/stand-ins.js';

jest.setTimeout(60_000);

const kit = join(import.meta.dirname, '../../../../../shared/corpora/open-workflow/ctk/features');
const scenarios = existsSync(kit) ? readScenarios(kit) : [];

let door: WorkflowMesh;
let standIns: Awaited<ReturnType<typeof startStandIns>>;

beforeAll(async () => {
  if (scenarios.length === 0) return;
  [door, standIns] = await Promise.all([startWorkflowMesh(), startStandIns()]);
  const origins = ['https://petstore.swagger.io', 'https://httpbin.org'].map((origin) => `${origin}=${standIns.url}`);
  await Promise.all([
    door.mesh.start('workflow-orchestrator'),
    door.mesh.start('step-workers', { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_EGRESS_ORIGINS: origins.join(',') }),
  ]);
});

afterAll(async () => {
  await door?.stop();
  await standIns?.stop();
});

/** Does what the scenario says, and checks what it expects. */
async function play({ phrases }: Scenario): Promise<void> {
  const workspace = randomUUID();
  let [definition, input]: [unknown, unknown] = [undefined, undefined];
  let execution: Execution | undefined;
  let history: HistoryEvent[] = [];
  for (const { text, data } of phrases) {
    if (text === 'a workflow with definition:') definition = data;
    else if (text === 'given the workflow input is:') input = data;
    else if (text === 'the workflow is executed') {
      const { name } = (definition as { document: { name: string } }).document;
      await door.define(workspace, definition);
      execution = await door.ended(workspace, await door.start(workspace, name, input as Record<string, unknown>));
      history = await door.history(workspace, execution.id);
    } else if (execution) check(text, data, execution, history);
  }
}

function check(text: string, data: unknown, { status, output, error }: Execution, history: HistoryEvent[]): void {
  const of = (path: string) =>
    path.split('.').reduce((value, key) => (value as Record<string, unknown>)?.[key], output);
  const [first = '', second = ''] = [...text.matchAll(/'([^']+)'/g)].map(([, name]) => name);
  const order = history.flatMap(({ data: { changes } }) => (changes as { name: string }[]).map(({ name }) => name));
  const [name = '', , , when = '', other = ''] = text.split(' ');
  if (text.startsWith('the workflow should complete')) {
    expect([status, error]).toEqual(['completed', undefined]);
    if (data !== undefined) expect(output).toEqual(data);
  } else if (text.startsWith('the workflow should fault')) {
    expect(status).toBe('faulted');
    if (data !== undefined) expect(error).toMatchObject(data as object);
  } else if (text.includes('should have properties')) {
    for (const [, path] of text.matchAll(/'([^']+)'/g)) expect([path, of(path ?? '')]).not.toEqual([path, undefined]);
  } else if (text.includes('property with value')) expect(of(first)).toEqual(data);
  else if (text.includes('property containing')) expect(of(first)).toHaveLength(Number(/(\d+) items/.exec(text)?.[1]));
  else if (when === 'first') expect(order[0]).toBe(name);
  else if (when === 'last') expect(order.at(-1)).toBe(name);
  else if (when === 'after') expect(order.lastIndexOf(name)).toBeGreaterThan(order.indexOf(other));
  else throw new Error(`nobody knows what "${text}" ${second} means`);
}

describe('the conformance kit of the Open Workflow Specification', () => {
  const it = skipUnless(scenarios.length > 0, 'the conformance kit is not on this machine');
  it('has its 21 scenarios', () => expect(scenarios).toHaveLength(21));
  for (const scenario of scenarios) it(scenario.name, () => play(scenario));
});
