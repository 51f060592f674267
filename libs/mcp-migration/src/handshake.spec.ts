import { describe, expect, it } from '@jest/globals';
import { metaKeys, protocolRevisions, tasksExtension } from '@scm/mcp-messages';
import { discoverResultOf, initializeParamsOf, initializeResultOf, ledgerOf, requestMetaOf } from './index.js';
import { faultOf } from './testing/verdicts.js';

const sessions = protocolRevisions.filter((revision) => revision < '2026-07-28');
const info = { name: 'n', version: '1', title: 'T', icons: [] };

describe('a handshake', () => {
  it.each(sessions)('of a %s client becomes the context of its requests', (revision) => {
    const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {}, experimental: { x: {} } };
    const params = { protocolVersion: revision, capabilities, clientInfo: info };
    const _meta = requestMetaOf(params, revision, 'warning');
    expect(faultOf('2026-07-28', { method: 'tools/list', params: { _meta } })).toBeUndefined();
    expect(_meta).toEqual({
      [metaKeys.protocolVersion]: '2026-07-28',
      [metaKeys.clientCapabilities]: {
        roots: {},
        sampling: {},
        elicitation: revision === '2025-11-25' ? {} : { form: {} },
        experimental: { x: {} },
      },
      [metaKeys.clientInfo]: info,
      [metaKeys.logLevel]: 'warning',
    });
  });

  it.each(sessions)('with a %s server declares what its revision has', (revision) => {
    const params = initializeParamsOf(
      {
        [metaKeys.clientCapabilities]: {
          elicitation: { form: {} },
          sampling: { tools: {} },
          extensions: { 'x.test/e': {} },
        },
        [metaKeys.clientInfo]: info,
      },
      revision,
    );
    expect(faultOf(revision, { method: 'initialize', params })).toBeUndefined();
    expect(params['protocolVersion']).toBe(revision);
    expect(params['capabilities']).toEqual({
      sampling: revision === '2025-11-25' ? { tools: {} } : {},
      ...(revision === '2025-11-25' && { elicitation: { form: {} } }),
      ...(revision === '2025-06-18' && { elicitation: {} }),
    });
  });

  it.each(sessions)('with a %s server becomes a discovery, and comes back', (revision) => {
    const capabilities = { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} };
    const declared = revision === '2024-11-05' ? capabilities : { ...capabilities, completions: {} };
    const result = {
      protocolVersion: revision,
      capabilities: declared,
      serverInfo: { name: 's', version: '1' },
      instructions: 'i',
    };
    const { message } = discoverResultOf(result, revision, ['2026-07-28']);
    expect(faultOf('2026-07-28', message, 'server/discover')).toBeUndefined();
    expect(message.result).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      supportedVersions: ['2026-07-28'],
      capabilities: { ...capabilities, completions: {} },
      instructions: 'i',
      _meta: { [metaKeys.serverInfo]: { name: 's', version: '1' } },
    });
    expect(initializeResultOf(message.result, revision).message.result).toEqual(result);
  });

  it('leaves out tasks and extensions, which the bridge keeps, and says so', () => {
    const capabilities = { tasks: { list: {} }, tools: {} };
    const upstream = discoverResultOf({ capabilities, serverInfo: info }, '2025-11-25', []);
    expect(upstream.message.result['capabilities']).toEqual({ tools: {} });
    expect(ledgerOf(upstream)?.dropped).toMatchObject([
      { path: '/capabilities/tasks', rule: '2026-07-28/tasks-capability' },
    ]);
    const client = initializeResultOf({ capabilities: { extensions: { 'x.test/e': {} } } }, '2025-11-25');
    expect(ledgerOf(client)?.dropped).toMatchObject([
      { path: '/capabilities/extensions', rule: '2026-07-28/extensions' },
    ]);
  });

  it('declares tasks in the dialect of the other side where somebody keeps them', () => {
    const extension = { extensions: { [tasksExtension.id]: {} }, tools: {} };
    const core = { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } }, tools: {} };
    const keeping = { keepsTasks: true };
    const down = initializeResultOf({ capabilities: extension }, '2025-11-25', keeping);
    expect(down.message.result['capabilities']).toEqual(core);
    expect(
      initializeResultOf({ capabilities: extension }, '2025-06-18', keeping).message.result['capabilities'],
    ).toEqual({
      tools: {},
    });
    const up = discoverResultOf({ capabilities: core, serverInfo: info }, '2025-11-25', [], keeping);
    expect(up.message.result['capabilities']).toEqual(extension);
    const others = initializeResultOf(
      { capabilities: { extensions: { ...extension.extensions, x: {} } } },
      '2025-11-25',
      keeping,
    );
    expect(others.message.result['capabilities']).toEqual({ tasks: core.tasks });
  });
});
