import { describe, expect, it } from '@jest/globals';
import { allContracts, isPermission, streamOf, subscriptions, type Access } from '@scm/contracts';
import { packages } from './source-tree.js';

const all = packages();
const special: Access[] = ['public', 'authenticated', 'internal'];

describe('contracts', () => {
  it('have subjects of their own, in the declared form', () => {
    const subjects = allContracts.map(({ contract }) => contract.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects.filter((s) => !/^scm\.(rpc|evt|task)\.[a-z-]+\.v\d+\.[a-z-]+$/.test(s))).toEqual([]);
  });

  it.each(
    allContracts
      .filter(({ contract }) => contract.kind === 'rpc' || contract.kind === 'streamed')
      .map(({ name, contract }) => [name, contract] as const),
  )('%s declares who may call it', (_, contract) => {
    if (!('access' in contract)) return;
    expect(special.includes(contract.access) || isPermission(contract.access)).toBe(true);
  });

  it.each(
    allContracts
      .filter(({ contract }) => contract.kind !== 'event')
      .map(({ name, contract }) => [name, contract] as const),
  )('%s is handled once, by its service', (name, contract) => {
    const decorator = { task: 'Task', rpc: 'Rpc', streamed: 'Streamed', event: 'On' }[contract.kind];
    const pattern = new RegExp(`@${decorator}\\(${name.replace('.', '\\.')}\\)`, 'g');
    const handlers = all.flatMap((p) =>
      p.sources.filter((s) => !s.isTest).flatMap((s) => [...s.text.matchAll(pattern)].map(() => p.name)),
    );
    expect(handlers).toEqual([name === 'SystemApi.status' ? 'service' : contract.service]);
  });

  it.each(Object.entries(subscriptions))('the subscription %s is read once, by its service', (name, { service }) => {
    const pattern = new RegExp(`@On\\(subscriptions\\.${name}\\)`, 'g');
    const readers = all.flatMap((p) =>
      p.sources.filter((s) => !s.isTest).flatMap((s) => [...s.text.matchAll(pattern)].map(() => p.name)),
    );
    expect(readers).toEqual([service]);
  });

  it('of durable kinds stand in a stream that their service or its reader owns', () => {
    for (const { contract } of allContracts) {
      if (contract.kind === 'rpc' || contract.kind === 'streamed') continue;
      const { owner } = streamOf(contract.subject);
      expect(contract.kind === 'event' ? owner : 'workflow-orchestrator').toBe(
        contract.kind === 'event' ? contract.service : owner,
      );
    }
  });
});
