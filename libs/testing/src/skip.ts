import type { it as jestIt } from '@jest/globals';

type It = typeof jestIt;

/**
 * The `it` for tests that need something a machine may lack: when it is absent, one line says why and each of them
 * counts as skipped. Usage: `const it = skipUnless(existsSync(corpus), 'the corpus is not on this machine')`.
 */
export function skipUnless(present: unknown, reason: string): It {
  const { it } = globalThis as unknown as { it: It };
  if (present) return it;
  process.stderr.write(`skipped: ${reason}\n`);
  return it.skip as unknown as It;
}
