import { describe, expect, it } from '@jest/globals';
import { protocolRevisions, type JsonObject } from '@scm/mcp-messages';
import { hasSchemas } from '../../mcp-messages/src/testing/official.js';
import { ledgerKey, ledgerOf, translate, Untranslatable, withLedger, type Translation } from './index.js';
import { generated } from './testing/generated.js';

const seed = Number(process.env['MCP_MODELS_SEED'] ?? Date.now() % 1_000_000);
const INSTANCES = Number(process.env['MCP_MODELS_INSTANCES'] ?? 6);
const compared = hasSchemas ? describe : (): void => undefined;

const tools = { resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools: [] as JsonObject[] };
const listed = (...items: JsonObject[]): Translation<{ result: JsonObject }> =>
  translate(
    { result: { ...tools, tools: items } },
    { from: '2026-07-28', to: '2025-03-26', sender: 'server', method: 'tools/list' },
  );
const plain = { name: 't', inputSchema: { type: 'object' } };

describe('the ledger', () => {
  it('names what was dropped and what stands for something else, once for all items of a list', () => {
    const translation = listed(plain, { ...plain, title: 'T', icons: [] }, { ...plain, icons: [] });
    expect(ledgerOf(translation)).toEqual({
      from: '2026-07-28',
      to: '2025-03-26',
      dropped: [{ path: '/tools/*/icons', reason: 'Dropped.', rule: '2025-11-25/icons', count: 2 }],
      emulated: [
        {
          path: '/tools/*/title',
          reason: 'Moved to `annotations.title`; dropped where another one stands there.',
          rule: '2025-06-18/tool-title',
        },
      ],
    });
  });

  it('is in `_meta` beside what stands there, and only where there is something to say', () => {
    const result = { tools: [], _meta: { 'x.test/a': 1 } };
    expect(withLedger(result, listed(plain))).toBe(result);
    const told = withLedger(result, listed({ ...plain, icons: [] }));
    expect(told).toMatchObject({ _meta: { 'x.test/a': 1, [ledgerKey]: { dropped: [{ path: '/tools/*/icons' }] } } });
    expect(result._meta).toEqual({ 'x.test/a': 1 });
  });

  it('keeps what the translation before it said', () => {
    const first = withLedger({ tools: [] }, listed({ ...plain, icons: [] }));
    const second = withLedger(first, listed({ ...plain, outputSchema: { type: 'object' } }));
    expect(second).toMatchObject({
      _meta: {
        [ledgerKey]: {
          dropped: [{ rule: '2025-06-18/output-schema' }],
          earlier: { dropped: [{ rule: '2025-11-25/icons' }] },
        },
      },
    });
  });
});

/** What may go without a word, since nothing is lost: the places at which these rules change what is there. */
const losslessAt: Record<string, RegExp> = {
  '2025-03-26/completions': /\/capabilities\/completions/,
  '2025-06-18/tool-title': /\/tools\/\d+\/title$/,
  '2025-11-25/task-support': /\/execution/,
  '2025-11-25/related-task': /\/_meta\/io\.modelcontextprotocol~1related-task/,
  '2025-11-25/elicitation-modes': /\/elicitation/,
  '2025-11-25/url-elicitation': /\/mode$/,
  '2025-11-25/titled-choices': /\/oneOf(\/|$)/,
  '2025-11-25/sampling-content': /\/content\/0\//,
  '2026-07-28/result-type': /^\/result\/resultType$/,
  '2026-07-28/cache-hints': /^\/result\/(ttlMs|cacheScope)$/,
  '2026-07-28/server-info': /^\/result\/_meta\/io\.modelcontextprotocol~1serverInfo/,
  '2026-07-28/request-meta': /^\/params\/_meta\/io\.modelcontextprotocol~1/,
  '2026-07-28/subscription-id': /^\/params\/_meta\/io\.modelcontextprotocol~1subscriptionId$/,
};

const downwards = protocolRevisions.flatMap((from) =>
  protocolRevisions.filter((to) => to < from).map((to) => [from, to] as const),
);

compared('the ledger of generated messages', () => {
  it.each(downwards)('from %s to %s names everything that is not there any more', (from, to) => {
    const silent: string[] = [];
    let named = 0;
    for (const { body, sender, method } of generated(from, seed, INSTANCES)) {
      const translation = attempt(() => translate(body, { from, to, sender, ...(method && { method }) }));
      if (!translation) continue;
      const { message, applied } = translation;
      const quiet = applied.flatMap(({ rule }) => losslessAt[rule] ?? []);
      const patterns = patternsOf(translation);
      for (const { path, value } of leavesOf(body)) {
        if (isAt(message, path, value)) continue;
        const at = path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        if (patterns.some((pattern) => pattern.test(at))) named += 1;
        else if (!quiet.some((pattern) => pattern.test(at)))
          silent.push(`${method ?? ''} ${at} ${JSON.stringify(applied)}`);
      }
    }
    process.stderr.write(`ledger ${from} -> ${to}: ${named} places named, ${silent.length} not\n`);
    expect(silent.slice(0, 5)).toEqual([]);
  });
});

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Untranslatable) return undefined;
    throw error;
  }
}

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

function patternsOf({ notes }: Pick<Translation<unknown>, 'notes'>): RegExp[] {
  return notes.map(({ place, member }) => {
    const path = [...place.path, ...(member === '' ? [] : member.split('/'))];
    // A star also stands for a single value where there could be several.
    const pattern = path.map((step) => (step === '*' ? '(/\\d+)?' : `/${step.replaceAll(SPECIAL, '\\$&')}`));
    return new RegExp(`^${pattern.join('')}(/|$)`);
  });
}

function* leavesOf(value: unknown, path: string[] = []): Generator<{ path: string[]; value: unknown }> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 && path.length > 0) yield { path, value };
  for (const [key, member] of entries) yield* leavesOf(member, [...path, key]);
}

function isAt(value: unknown, path: string[], wanted: unknown): boolean {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  );
  // What held nothing may hold something now.
  return typeof wanted === 'object' && wanted !== null ? found !== undefined : Object.is(found, wanted);
}
