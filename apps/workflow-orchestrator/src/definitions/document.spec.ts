import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@scm/contracts';
import { digestOfDocument, readDocument } from './document.js';
import { durationMs } from './duration.js';
import { planOf } from '../machine/plan.js';

const head = { dsl: '1.0.3', namespace: 'test', name: 'flow', version: '1.0.0' };
const step = { call: 'processing', with: { source: '${ .x }' } };
const flow = (task: object = {}, more: object = {}) => ({
  document: head,
  do: [{ one: { ...step, ...task } }],
  ...more,
});

const yaml = `
document: { dsl: '1.0.3', namespace: test, name: flow, version: 1.0.0 }
do:
  - one:
      call: processing
      with: &w { source: '\${ .x }' }
  - two: { call: analysis, with: *w, timeout: { after: PT1M30S }, metadata: { scm: { retry: { maxAttempts: 7 } } } }
`;

function refusal(source: unknown): ServiceError {
  try {
    readDocument(source);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('a document', () => {
  it('is read from YAML, JSON text or an object alike', () => {
    expect(readDocument(JSON.stringify(flow()))).toEqual(readDocument(flow()));
    const { nodes } = planOf(readDocument(yaml));
    expect([...nodes.values()].map(({ name, ref, kind }) => [name, ref, kind])).toEqual([
      ['one', '/do/0/one', 'call'],
      ['two', '/do/1/two', 'call'],
    ]);
  });

  it('has the digest of what it says, however it is written', () => {
    const [a, b] = [flow(), { do: flow().do, document: { ...head } }].map((d) => digestOfDocument(readDocument(d)));
    expect(a).toBe(b);
    expect(digestOfDocument(readDocument(flow({ with: {} })))).not.toBe(a);
  });

  it.each<[string, unknown, string]>([
    ['no object', 'just text', '/'],
    ['nothing', null, '/'],
    ['broken YAML', 'a: [1', '/'],
    ['two documents', `${yaml}\n---\na: 1`, '/'],
    ['an unknown tag', 'a: !!js/function x', '/'],
    ['a repeated key', 'a: 1\na: 2', '/'],
    ['no document', { do: [] }, '/document'],
    ['an old DSL', flow({}, { document: { ...head, dsl: '0.8' } }), '/document/dsl'],
    ['a name with a dot', flow({}, { document: { ...head, name: 'a.b' } }), '/document/name'],
    ['no semantic version', flow({}, { document: { ...head, version: '1' } }), '/document/version'],
    ['no task', flow({}, { do: [] }), '/do'],
    ['two keys in one task', { document: head, do: [{ a: step, b: step }] }, '/do/0'],
    ['a condition that is no expression', flow({ if: '${ .x | }' }), '/do/0/one/if'],
    ['a flow directive to nowhere', flow(JSON.parse('{"then":"nowhere"}') as object), '/do/0/one/then'],
    ['no kind of task', { document: head, do: [{ odd: { metadata: {} } }] }, '/do/0/odd'],
    ['two kinds in one task', flow({ wait: 'PT1S' }), '/do/0/one'],
    ['a call of nothing', flow({ call: 'nothing' }), '/do/0/one/call'],
    ['an http call without a method', flow({ call: 'http', with: { endpoint: 'http://x' } }), '/do/0/one/with/method'],
    [
      'a fault in a branch',
      { document: head, do: [{ f: { fork: { branches: [{ b: { set: 1 } }] } } }] },
      '/do/0/f/fork/branches/0/b/set',
    ],
    [
      'an error that is not declared',
      { document: head, do: [{ r: { raise: { error: 'x' } } }] },
      '/do/0/r/raise/error',
    ],
    ['a key to escape', { document: head, do: [{ 'a/b~c': { ...step, oops: 'x' } }] }, '/do/0/a~1b~0c/oops'],
    ['an expression that does not parse', flow({ with: { deep: ['${ .a | }'] } }), '/do/0/one/with/deep/0'],
    [
      'a schema that is none',
      flow({ input: { schema: { document: { type: 'none' } } } }),
      '/do/0/one/input/schema/document',
    ],
    ['no duration', flow({ timeout: { after: {} } }), '/do/0/one/timeout/after'],
    [
      'a retry without bounds',
      flow({ metadata: { scm: { retry: { maxAttempts: 1e9 } } } }),
      '/do/0/one/metadata/scm/retry/maxAttempts',
    ],
    ['an unknown scm key', flow({ metadata: { scm: { colour: 1 } } }), '/do/0/one/metadata/scm/colour'],
    ['a priority that is none', flow({ metadata: { scm: { priority: 6 } } }), '/do/0/one/metadata/scm/priority'],
    ['a timeout that is not declared', flow({ timeout: 'short' }), '/do/0/one/timeout'],
    ['NUL by an escape', yaml.replace('1.0.0', '1.0.0, title: "a\\0"'), '/document/title'],
  ])('with %s is refused', (_fault, source, path) => {
    const { code, details } = refusal(source);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(details?.map((d) => d.path)).toContain(path);
  });

  it('is refused when its aliases multiply', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const started = performance.now();
    expect(refusal(bomb.join('\n')).code).toBe('INVALID_ARGUMENT');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each(['['.repeat(100_000), '{"a":'.repeat(40_000), '- '.repeat(100_000)])(
    'is refused when it nests without end',
    (text) => {
      expect(refusal(text).code).toBe('INVALID_ARGUMENT');
    },
  );

  it('is refused when it is large', () => {
    expect(refusal(`# ${'x'.repeat(300_000)}`).code).toBe('PAYLOAD_TOO_LARGE');
    expect(refusal(flow({ with: { x: 'y'.repeat(300_000) } })).code).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('a duration', () => {
  it.each<[unknown, number | undefined]>([
    ['PT0.5S', 500],
    ['P1DT2H', 93_600_000],
    ['P1W', 604_800_000],
    [{ minutes: 1, seconds: 2 }, 62_000],
    ['P', undefined],
    ['PT', undefined],
    ['1s', undefined],
    [{ seconds: -1 }, undefined],
    [{ years: 1 }, undefined],
    [5, undefined],
  ])('%j', (duration, ms) => {
    expect(durationMs(duration)).toBe(ms);
  });
});
