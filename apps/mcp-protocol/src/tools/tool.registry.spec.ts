import { describe, expect, it } from '@jest/globals';
import { Nothing } from '@scm/contracts';
import { indexed } from './tool.registry.js';
import type { Tool } from './tool.js';

const tool = (name: string, access: Tool['access']): Tool => ({
  name,
  title: name,
  description: name,
  input: Nothing,
  access,
  annotations: { readOnlyHint: true },
  run: async () => ({}),
});

describe('tools', () => {
  it('stand in the order of their names', () => {
    expect([...indexed([tool('b', 'system:read'), tool('a', 'alerts:read')]).keys()]).toEqual(['a', 'b']);
  });

  it('without a declared permission prevent boot', () => {
    const open = tool('open', undefined as unknown as Tool['access']);
    const special = tool('special', 'public' as unknown as Tool['access']);
    expect(() => indexed([open])).toThrow('tools without a declared permission: open');
    expect(() => indexed([special])).toThrow('special');
  });

  it('of one name prevent boot', () => {
    expect(() => indexed([tool('a', 'system:read'), tool('a', 'alerts:read')])).toThrow('one name');
  });
});
