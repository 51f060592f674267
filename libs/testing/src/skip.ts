type Test = (name: string, test: () => unknown, timeoutMs?: number) => void;

/**
 * The `it` for tests that need something a machine may lack: when it is absent, one line says why and each of them
 * counts as skipped. Usage: `skipUnless(existsSync(corpus), 'the corpus is not on this machine')('reads it', () => …)`.
 */
export function skipUnless(present: unknown, reason: string): Test {
  const { it } = globalThis as unknown as { it: Test & { skip: Test } };
  if (present) return it;
  process.stderr.write(`skipped: ${reason}\n`);
  return it.skip;
}
