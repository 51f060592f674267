import { describe, expect, it } from '@jest/globals';
import { readDocument } from './document.js';
import { unsupportedIn } from './supported.js';

const document = { dsl: '1.0.3', namespace: 'test', name: 'flow', version: '1.0.0' };
const flow = (task: object, more: object = {}) => readDocument({ document, do: [{ one: task }], ...more });
const set = { set: { x: 1 } };
const on = (one: object, more: object = {}) => flow(set, { schedule: { on: { one }, ...more } });
const http = (authentication: object) => ({
  call: 'http',
  with: { method: 'get', endpoint: { uri: 'https://a.example', authentication } },
});
const inTask = '/do/0/one/with/endpoint/authentication';

describe('what cannot be executed here', () => {
  it.each([
    ['a cron pattern that is none', flow(set, { schedule: { cron: '61 * * * *' } }), '/schedule/cron'],
    ['a cron pattern of no day', flow(set, { schedule: { cron: '0 0 31 2 *' } }), '/schedule/cron'],
    ['a period too short', flow(set, { schedule: { every: { milliseconds: 10 } } }), '/schedule/every'],
    ['a delay by expression', flow(set, { schedule: { after: '${ .x }' } }), '/schedule/after'],
    ['two times', flow(set, { schedule: { cron: '0 * * * *', every: 'PT1H' } }), '/schedule/every'],
    ['a start by several events', flow(set, { schedule: { on: { any: [] } } }), '/schedule/on'],
    ['a start by whole events', on({ with: { type: 't' } }, { read: 'envelope' }), '/schedule/read'],
    ['a start by correlated events', on({ with: { type: 't' }, correlate: {} }), '/schedule/on/one/correlate'],
    ['a start by events of any type', on({ with: { source: 's' } }), '/schedule/on/one/with/type'],
    [
      'a filter of alerts by source',
      on({ with: { type: 'scm.alert.fired', source: 's' } }),
      '/schedule/on/one/with/source',
    ],
    [
      'a filter of alerts by expression',
      on({ with: { type: 'scm.alert.fired', data: { labels: { host: '${ . }' } } } }),
      '/schedule/on/one/with/data/labels/host',
    ],
    [
      'an output of foreach',
      flow({ listen: { to: { any: [] } }, foreach: { do: [], output: { as: '.' } } }),
      '/do/0/one/foreach/output',
    ],
    [
      'an export of foreach',
      flow({ listen: { to: { any: [] } }, foreach: { do: [], export: { as: '.' } } }),
      '/do/0/one/foreach/export',
    ],
    [
      'a schema elsewhere',
      flow({ ...set, input: { schema: { resource: { endpoint: 'https://a' } } } }),
      '/do/0/one/input/schema/resource',
    ],
    [
      'a schema of another language',
      flow(set, { output: { schema: { format: 'avro', document: {} } } }),
      '/output/schema/format',
    ],
    ['secrets', flow(set, { use: { secrets: ['a'] } }), '/use/secrets'],
    ['credentials of a secret', flow(http({ basic: { use: 'a' } })), `${inTask}/basic/use`],
    ['credentials of another kind', flow(http({ digest: { username: 'u', password: 'p' } })), `${inTask}/digest`],
    [
      'named credentials of another kind',
      flow(set, { use: { authentications: { a: { oidc: { use: 'b' } } } } }),
      '/use/authentications/a/oidc',
    ],
    ['a call of an agent', flow({ call: 'a2a', with: { method: 'tasks/get' } }), '/do/0/one/call'],
    [
      'a process that speaks MCP',
      flow({ call: 'mcp', with: { method: 'tools/list', transport: { stdio: { command: 'x' } } } }),
      '/do/0/one/with/transport',
    ],
    ['a function of a catalog', flow({ call: 'log:1.0.0@a' }), '/do/0/one/call'],
    ['a shell', flow({ run: { shell: { command: 'ls' } } }), '/do/0/one/run/shell'],
    ['an extension', flow(set, { use: { extensions: [{ e: { extend: 'all' } }] } }), '/use/extensions'],
    ['a catalog', flow(set, { use: { catalogs: {} } }), '/use/catalogs'],
    [
      'a transaction with a server',
      flow({ call: 'action', with: { http: { url: 'https://a' } }, metadata: { scm: { effect: 'transactional' } } }),
      '/do/0/one/metadata/scm/effect',
    ],
    [
      'a statement with an expression',
      flow({ call: 'action', with: { sql: { database: 'a', statement: 'drop ${ .table }' } } }),
      '/do/0/one/with/sql/statement',
    ],
    ['a statement by expression', flow({ call: 'action', with: { sql: '${ .sql }' } }), '/do/0/one/with/sql'],
    ['another expression language', flow(set, { evaluate: { language: 'js' } }), '/evaluate/language'],
  ])('%s is named by its place', (_what, given, path) => {
    expect(unsupportedIn(given).map((fault) => fault.path)).toEqual([path]);
  });

  it.each([
    ['a start by an alert', on({ with: { type: 'scm.alert.fired', subject: 'A', data: { labels: { host: 'a' } } } })],
    ['a start by an event', on({ with: { type: 't', data: '${ .n > 1 }' } }, { read: 'data' })],
    ['credentials in the document', flow(http({ bearer: { token: 't' } }))],
    [
      'what looks like credentials in a body',
      flow({ call: 'http', with: { method: 'post', endpoint: 'https://a', body: { authentication: { digest: {} } } } }),
    ],
  ])('is not %s', (_what, given) => {
    expect(unsupportedIn(given)).toEqual([]);
  });
});
