import { ServiceError } from '@scm/contracts';
import { isJsonObject, metaKeys, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { withParams, type Member } from './member.js';

/** What a virtual server says of itself: that it can what any of its members can. */
export async function mergedDiscovery(
  members: readonly Member[],
  exchange: Exchange,
  own: { supportedVersions: unknown; serverInfo: JsonObject },
): Promise<JsonObject> {
  const answers = await Promise.all(
    members.map(async (member) => ({
      member,
      result: await member.answer(withParams(exchange, exchange.params)).catch(failureOf),
    })),
  );
  const answered = answers.flatMap(({ member, result }) => (result instanceof Error ? [] : [{ member, result }]));
  const [only] = answered;
  const capabilities = answered.map(({ result }) => result['capabilities']).filter(isJsonObject);
  return {
    resultType: 'complete',
    supportedVersions: own.supportedVersions,
    capabilities: capabilities.reduce(united, {}),
    ...instructionsOf(answered),
    ttlMs:
      answered.length < members.length ? 0 : Math.min(...answered.map(({ result }) => Number(result['ttlMs'] ?? 0))),
    cacheScope: 'private',
    _meta: { [metaKeys.serverInfo]: members.length === 1 && only ? infoOf(only.result) : own.serverInfo },
  };
}

function failureOf(error: unknown): Error {
  if (error instanceof ProtocolError || error instanceof ServiceError) return error;
  throw error;
}

function united(one: JsonObject, other: JsonObject): JsonObject {
  const merged = Object.entries(other).map(([key, value]): [string, unknown] => {
    const known = one[key];
    if (isJsonObject(known) && isJsonObject(value)) return [key, united(known, value)];
    return [key, known === true ? true : value];
  });
  return { ...one, ...Object.fromEntries(merged) };
}

function instructionsOf(answered: readonly { member: Member; result: JsonObject }[]): { instructions?: string } {
  const all = answered.flatMap(({ member, result: { instructions } }) =>
    typeof instructions === 'string' && instructions !== '' ? [{ member, instructions }] : [],
  );
  const [first] = all;
  if (!first) return {};
  if (all.length === 1) return { instructions: first.instructions };
  return { instructions: all.map(({ member, instructions }) => `# ${member.name}\n${instructions}`).join('\n\n') };
}

function infoOf(result: JsonObject): unknown {
  return isJsonObject(result['_meta']) ? result['_meta'][metaKeys.serverInfo] : undefined;
}
