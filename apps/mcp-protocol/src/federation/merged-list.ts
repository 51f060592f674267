import { decodeCursor, encodeCursor } from '@scm/database';
import { ServiceError } from '@scm/contracts';
import { errorCodes, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { shownName, type Member } from './member.js';
import { listFields, type ListMethod, type MemberList, type MemberLists } from './member-lists.js';

const PAGE = 500;

/** `_meta` of a list: which members could not be asked, and of which an old list is shown. */
const METADATA = 'io.scm/federation';

/** One page of what all members list, in their order. Of two of one name the first is shown, as calls go to it. */
export async function mergedList(
  members: readonly Member[],
  lists: MemberLists,
  method: ListMethod,
  exchange: Exchange,
): Promise<JsonObject> {
  const asked = await Promise.all(
    members.map(async (member) => ({ member, list: await lists.of(member, method, exchange).catch(failureOf) })),
  );
  const answered = asked.flatMap(({ member, list }) => (list instanceof Error ? [] : [{ member, list }]));
  const failed = asked.flatMap(({ member, list }) => (list instanceof Error ? [{ member, error: list }] : []));
  const [first] = failed;
  if (first && answered.length === 0) throw first.error;
  const all = distinct(answered.flatMap(({ member, list }) => list.items.map((item) => shown(member, item, method))));
  const from = offsetOf(exchange.params['cursor'], all.length);
  const meta = trouble(failed, answered);
  return {
    resultType: 'complete',
    [listFields[method]]: all.slice(from, from + PAGE),
    ...(from + PAGE < all.length && { nextCursor: encodeCursor([from + PAGE]) }),
    ttlMs: failed.length > 0 || answered.length === 0 ? 0 : Math.min(...answered.map(({ list }) => list.ttlMs)),
    cacheScope: answered.length > 0 && answered.every(({ list }) => list.isPublic) ? 'public' : 'private',
    ...(meta && { _meta: { [METADATA]: meta } }),
  };
}

function shown(member: Member, item: JsonObject, method: ListMethod): JsonObject {
  if (method !== 'tools/list' && method !== 'prompts/list') return item;
  return member.namespace === '' ? item : { ...item, name: shownName(member, String(item['name'])) };
}

function distinct(items: JsonObject[]): JsonObject[] {
  const seen = new Set<unknown>();
  return items.filter(({ name, uri, uriTemplate }) => {
    const identity = uri ?? uriTemplate ?? name;
    return !seen.has(identity) && seen.add(identity);
  });
}

/** A member without such things has an empty list; one that cannot be asked does not hide the others. */
function failureOf(error: unknown): MemberList | Error {
  if (error instanceof ProtocolError && error.code === errorCodes.methodNotFound)
    return { items: [], ttlMs: Infinity, isPublic: true, isStale: false };
  if (error instanceof ProtocolError || error instanceof ServiceError) return error;
  throw error;
}

function trouble(
  failed: readonly { member: Member; error: Error }[],
  answered: readonly { member: Member; list: MemberList }[],
): JsonObject | undefined {
  const stale = answered.filter(({ list }) => list.isStale).map(({ member }) => member.name);
  if (failed.length + stale.length === 0) return undefined;
  const unavailable = failed.map(({ member, error }) => ({ upstream: member.name, reason: error.message }));
  return { ...(unavailable.length > 0 && { unavailable }), ...(stale.length > 0 && { stale }) };
}

function offsetOf(cursor: unknown, length: number): number {
  if (cursor === undefined) return 0;
  try {
    const offset = Number(decodeCursor(typeof cursor === 'string' ? cursor : '', ['whole'])[0]);
    if (offset <= length) return offset;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
  throw new ProtocolError(errorCodes.invalidParams, 'cursor is not one of this list');
}
