import { describe, expect, it } from '@jest/globals';
import { negotiateSession, protocolRevisions } from '@scm/mcp-messages';
import type { McpConfig } from '../config.js';
import { Served } from './served.js';

const from = (mcpLowestRevision: McpConfig['mcpLowestRevision']) => new Served({ mcpLowestRevision } as McpConfig);

describe('the revisions that are served', () => {
  it('are all of them, unless a lowest one is set', () => {
    expect(from('2024-11-05').all).toEqual(protocolRevisions);
    expect(from('2025-06-18').all).toEqual(['2025-06-18', '2025-11-25', '2026-07-28']);
    expect(from('2026-07-28').stateless).toEqual(['2026-07-28']);
  });

  it('are named to clients of another one', () => {
    const { all } = from('2025-11-25');
    for (const version of ['2025-06-18', 'v9']) {
      expect(() => from('2025-11-25').assertServed(version, 1)).toThrow(
        expect.objectContaining({ code: -32_022, data: { supported: all, requested: version }, requestId: 1 }),
      );
    }
    const served: Served = from('2025-11-25');
    served.assertServed('2025-11-25');
  });

  it('bound what a session is opened with', () => {
    expect(negotiateSession('2024-11-05', from('2025-06-18').all)).toBe('2025-11-25');
    expect(negotiateSession('2025-06-18', from('2025-06-18').all)).toBe('2025-06-18');
    expect(negotiateSession('2025-11-25', from('2026-07-28').all)).toBeUndefined();
  });
});
