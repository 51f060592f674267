import { describe, expect, it } from '@jest/globals';
import { Sandbox, type Host } from './sandbox.js';

const limits = { timeMs: 300, memoryMib: 8 };
const nobody: Host = () => Promise.reject(new Error('nobody is there'));
const run = (body: string, { input = [] as unknown[], permissions = [] as string[], host = nobody } = {}) =>
  new Sandbox(`export const methods = { async f(a, b) { ${body} } };`, permissions, limits)
    .run('methods', 'f', JSON.stringify(input), host)
    .then((text) => JSON.parse(text) as unknown);

describe('code in a sandbox', () => {
  it('gets and gives JSON', async () => {
    expect(await run('return { sum: a + b.c };', { input: [1, { c: 2 }] })).toEqual({ sum: 3 });
    expect(await run('')).toBeNull();
  });

  it('reaches nothing of the process', async () => {
    const names = [
      'process',
      'require',
      'fetch',
      'globalThis.constructor.constructor("return process")()',
      'scm.fetch',
      'scm.log',
    ];
    for (const name of names) {
      const seen = await run(`try { return typeof (${name}); } catch (error) { return error.name; }`);
      expect([name, seen]).toEqual([name, expect.stringMatching(/undefined|ReferenceError/)]);
    }
    await expect(run('return (await import("node:fs")).readFileSync("/etc/passwd")')).rejects.toMatchObject({
      reason: 'thrown',
    });
  });

  it('has the functions that it was permitted, and hears why one fails', async () => {
    const host: Host = async (name, args) => {
      if (name === 'log') throw new Error('full');
      return JSON.stringify({ name, args: JSON.parse(args) });
    };
    const permissions = ['tools:call', 'log', 'fetch:a.example'];
    expect(await run('return [Object.keys(scm), Object.keys(scm.tools)];', { permissions })).toEqual([
      ['log', 'tools', 'fetch'],
      ['call'],
    ]);
    const both = 'return Promise.all([scm.tools.call("x", {y: 1}), scm.log("z").catch((e) => e.message)]);';
    expect(await run(both, { permissions, host })).toEqual([{ name: 'tools:call', args: ['x', { y: 1 }] }, 'full']);
  });

  it('keeps nothing for its next run', async () => {
    const sandbox = new Sandbox(
      'let n = 0; export const methods = { f: () => (globalThis.x = (globalThis.x ?? 0) + 1) + n++ };',
      [],
      limits,
    );
    for (let i = 0; i < 3; i++) expect(await sandbox.run('methods', 'f', '[]', nobody)).toBe('1');
  });

  it.each([
    ['loops', 'for (;;);', 'time'],
    ['loops where nobody can catch it', 'for (;;) { try { for (;;); } catch {} }', 'time'],
    ['loops by promises', 'for (;;) await null;', 'time'],
    // Whether its time or its memory ends first is up to the machine.
    ['piles up promises', 'const f = () => Promise.resolve().then(f); await f();', expect.any(String)],
    ['waits for ever', 'await new Promise(() => {});', 'unanswered'],
    ['makes a text too long', 'return "x".repeat(2000000);', 'size'],
    ['backtracks without end', 'return /(a+)+$/.test("a".repeat(50) + "b");', 'time'],
    ['recurs without end', 'const f = () => f() + 1; return f();', 'thrown'],
    ['throws', 'throw new RangeError("no");', 'thrown'],
    ['gives what is no JSON', 'const x = {}; x.x = x; return x;', 'thrown'],
  ])('that %s fails, and the next run does not', async (_, body, reason) => {
    const sandbox = new Sandbox(`export const methods = { bad: async () => { ${body} }, good: () => 1 };`, [], limits);
    await expect(sandbox.run('methods', 'bad', '[]', nobody)).rejects.toMatchObject({ reason });
    expect(await sandbox.run('methods', 'good', '[]', nobody)).toBe('1');
  });

  it('that takes all memory fails, and the next run does not', async () => {
    const code = 'export const methods = { bad() { const x = []; for (;;) x.push({}); }, good: () => 1 };';
    const sandbox = new Sandbox(code, [], { timeMs: 20_000, memoryMib: 4 });
    await expect(sandbox.run('methods', 'bad', '[]', nobody)).rejects.toMatchObject({ reason: 'memory' });
    expect(await sandbox.run('methods', 'good', '[]', nobody)).toBe('1');
  });

  it('has a time that its host counts towards, and ends without what the host still does', async () => {
    const late = Promise.withResolvers<string>();
    await expect(run('await scm.log("x")', { permissions: ['log'], host: () => late.promise })).rejects.toMatchObject({
      reason: 'time',
    });
    late.resolve('1');
    expect(await run('return 1')).toBe(1);
  });

  it('that is no module, or lacks what is called, fails', async () => {
    await expect(new Sandbox('export const', [], limits).run('methods', 'f', '[]', nobody)).rejects.toMatchObject({
      reason: 'thrown',
    });
    await expect(new Sandbox('', [], limits).run('methods', 'f', '[]', nobody)).rejects.toThrow(
      /methods\.f is no function/,
    );
  });
});
