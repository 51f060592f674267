import { describe, expect, it } from '@jest/globals';
import { isJsonObject, protocolRevisions, type ProtocolRevision, type RequestId } from '@scm/mcp-messages';
import { hasSchemas } from '../../mcp-messages/src/testing/official.js';
import { translate, Untranslatable, type Translation } from './index.js';
import type { Carried } from './testing/carriers.js';
import { generated } from './testing/generated.js';
import { faultOf } from './testing/verdicts.js';

const seed = Number(process.env['MCP_MODELS_SEED'] ?? Date.now() % 1_000_000);
const INSTANCES = Number(process.env['MCP_MODELS_INSTANCES'] ?? 6);

// Without the schemas nothing is generated, which official-examples.spec.ts counts as skipped.
const compared = hasSchemas ? describe : (): void => undefined;

const pairs = protocolRevisions.flatMap((from) =>
  protocolRevisions.filter((to) => to !== from).map((to) => [from, to] as const),
);

type Body = Carried['body'];

const idOf = (body: object): RequestId | undefined => ('id' in body ? (body.id as RequestId) : undefined);

compared('generated messages', () => {
  process.stderr.write(`translation: MCP_MODELS_SEED=${seed}\n`);

  it.each(pairs)('from %s are valid in %s, keep what nobody knows, and come back', (from, to) => {
    const counts = { messages: 0, refused: 0, same: 0, back: 0 };
    const faults: string[] = [];
    for (const message of generated(from, seed, INSTANCES)) {
      expect(faultOf(from, message.body, message.method)).toBeUndefined();
      counts.messages += 1;
      const before = JSON.stringify(message.body);
      const there = attempt(message, from, to);
      if (!there) {
        counts.refused += 1;
        continue;
      }
      const say = (what: string, more: unknown = ''): void => {
        faults.push(
          `${message.method ?? ''} ${what}: ${before} -> ${JSON.stringify(there.message)} ${JSON.stringify(more)}`,
        );
      };
      if (JSON.stringify(message.body) !== before) say('was mutated');
      const fault = faultOf(to, there.message, message.method);
      if (fault) say('is not valid', fault);
      if (there.message === message.body) counts.same += 1;
      const again = attempt({ ...message, body: there.message }, from, to);
      if (!again || !equal(again.message, there.message)) say('is translated again', again?.message);
      // What is lossless on the way up is the same when it comes back.
      const back =
        to > from &&
        there.applied.every((rule) => rule.class === 'lossless') &&
        attempt({ ...message, body: there.message }, to, from, idOf(message.body));
      if (!back) continue;
      counts.back += 1;
      if (!equal(plain(back.message), plain(message.body))) say('does not come back', back.message);
    }
    process.stderr.write(`translation ${from} -> ${to}: ${JSON.stringify(counts)}, ${faults.length} faults\n`);
    expect(faults.slice(0, 5)).toEqual([]);
  });
});

function attempt(
  { body, sender, method }: Carried,
  from: ProtocolRevision,
  to: ProtocolRevision,
  requestId?: RequestId,
): Translation<Body> | undefined {
  try {
    const context = requestId === undefined ? {} : { requestId };
    return translate(body, { from, to, sender, context, ...(method && { method }) });
  } catch (error) {
    if (error instanceof Untranslatable) return undefined;
    throw error;
  }
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(Reflect.get(a, key), Reflect.get(b, key)))
  );
}

/** Without parameters and `_meta` that hold nothing: they say the same as none. */
function plain(body: Body): unknown {
  const { params, result, ...rest } = body as unknown as Record<string, unknown>;
  return {
    ...rest,
    ...trimmed('params', params),
    ...(result !== undefined && { result: { ...(trimmed('result', result)['result'] as object) } }),
  };
}

function trimmed(key: string, value: unknown): Record<string, unknown> {
  if (!isJsonObject(value)) return {};
  const { _meta, ...rest } = value;
  const next = isJsonObject(_meta) && Object.keys(_meta).length === 0 ? rest : value;
  return Object.keys(next).length === 0 ? {} : { [key]: next };
}
