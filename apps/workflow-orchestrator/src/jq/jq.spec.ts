import { describe, expect, it } from '@jest/globals';
import * as jq from 'jq-wasm';
import { programs, inputs } from '../testing/jq-programs.js';
import { allOutputs } from './program.js';

/** What real jq says: the outputs, or that it fails. */
async function real(program: string, input: unknown): Promise<unknown> {
  const { stdout, stderr } = await jq.raw(JSON.stringify(input), program, ['-c']);
  if (stderr) return 'fails';
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

function ours(program: string, input: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(allOutputs(program, input)));
  } catch {
    return 'fails';
  }
}

describe('jq', () => {
  it.each(programs)('%s', async (program) => {
    for (const input of inputs) expect([input, ours(program, input)]).toEqual([input, await real(program, input)]);
  });
});

it('takes no key for more than a key', () => {
  const [merged] = allOutputs('{a: 1} * ("{\\"__proto__\\": {\\"x\\": 1}}" | fromjson)', null);
  expect(JSON.stringify(merged)).toBe('{"a":1,"__proto__":{"x":1}}');
  expect(allOutputs('{} | .x, .["__proto__"], .constructor', null)).toEqual([null, null, null]);
});
