import { describe, expect, it } from '@jest/globals';
import { findMissingCapability, neededCapabilities, type Peer, type ProtocolRevision } from './index.js';

const sampling = (params: object): { method: string; params: object } => ({ method: 'sampling/createMessage', params });
const elicitation = (mode?: string): { method: string; params: object } => ({
  method: 'elicitation/create',
  params: { ...(mode && { mode }) },
});

describe('neededCapabilities', () => {
  it.each<[ProtocolRevision, Peer, { method: string; params?: object }, string[]]>([
    ['2024-11-05', 'client', { method: 'ping' }, []],
    ['2024-11-05', 'client', { method: 'tools/call', params: { task: {} } }, ['server tools']],
    [
      '2025-11-25',
      'client',
      { method: 'tools/call', params: { task: {} } },
      ['server tools', 'server tasks.requests.tools.call'],
    ],
    ['2025-06-18', 'server', sampling({ tools: [] }), ['client sampling']],
    [
      '2025-11-25',
      'server',
      sampling({ tools: [], includeContext: 'thisServer' }),
      ['client sampling', 'client sampling.tools', 'client sampling.context'],
    ],
    [
      '2025-11-25',
      'server',
      sampling({ task: {} }),
      ['client sampling', 'client tasks.requests.sampling.createMessage'],
    ],
    ['2025-06-18', 'server', elicitation(), ['client elicitation']],
    ['2026-07-28', 'server', elicitation('url'), ['client elicitation', 'client elicitation.url']],
    ['2025-11-25', 'server', { method: 'tasks/list' }, ['client tasks.list']],
    ['2025-11-25', 'client', { method: 'notifications/roots/list_changed' }, ['client roots.listChanged']],
    ['2026-07-28', 'client', { method: 'initialize' }, []],
  ])('%s %s %j', (revision, sender, call, expected) => {
    const needed = neededCapabilities(revision, sender, call);
    expect(needed.map(({ declaredBy, path }) => `${declaredBy} ${path}`)).toEqual(expected);
  });
});

describe('findMissingCapability', () => {
  const missing = (client: object, mode?: string): string | undefined =>
    findMissingCapability(neededCapabilities('2025-11-25', 'server', elicitation(mode)), { client, server: {} })?.path;

  it('takes an empty elicitation for forms', () => {
    expect(missing({ elicitation: {} })).toBeUndefined();
    expect(missing({ elicitation: {} }, 'url')).toBe('elicitation.url');
    expect(missing({ elicitation: { url: {} } })).toBe('elicitation.form');
    expect(missing({ elicitation: { url: {} } }, 'url')).toBeUndefined();
    expect(missing({})).toBe('elicitation');
  });

  it('takes false for not declared', () => {
    const needed = [{ declaredBy: 'server', path: 'resources.subscribe' }] as const;
    expect(findMissingCapability(needed, { client: {}, server: { resources: { subscribe: false } } })).toBe(needed[0]);
    expect(findMissingCapability(needed, { client: {}, server: { resources: { subscribe: true } } })).toBeUndefined();
  });

  it('does not take what objects inherit for declared', () => {
    const needed = [{ declaredBy: 'client', path: 'constructor' }] as const;
    expect(findMissingCapability(needed, { client: {}, server: {} })).toBe(needed[0]);
  });
});
