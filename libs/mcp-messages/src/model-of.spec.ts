import { describe, expect, it } from '@jest/globals';
import { callToolRequest, tool, type ModelOf, type UrlElicitationRequiredError } from './index.js';

type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

describe('ModelOf', () => {
  it('has the members of its revision', () => {
    // Compiled, not run: these lines fail to type-check when a type is not the one it should be.
    const kept: Is<keyof ModelOf<typeof tool, '2024-11-05'>, 'name' | 'description' | 'inputSchema'> = true;
    const gone: 'execution' extends keyof ModelOf<typeof tool, '2026-07-28'> ? true : false = false;
    const needed: undefined extends ModelOf<typeof callToolRequest>['params']['_meta'] ? true : false = false;
    const optional: undefined extends ModelOf<typeof callToolRequest, '2025-11-25'>['params']['_meta'] ? true : false =
      true;
    expect([kept, gone, needed, optional]).toEqual([true, false, false, true]);
  });

  it('narrows what a more special model says again', () => {
    const error = {
      jsonrpc: '2.0',
      error: {
        code: -32042,
        message: 'Sign in first',
        data: { elicitations: [{ mode: 'url', url: 'https://x.test/', message: 'Sign in', elicitationId: 'e' }] },
      },
    } satisfies UrlElicitationRequiredError;
    expect(error.error.data.elicitations).toHaveLength(1);
  });
});
