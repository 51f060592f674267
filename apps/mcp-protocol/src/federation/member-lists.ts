import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { ListCache } from './list-cache.js';
import { principalOf, withParams, type Member } from './member.js';
import { hasValidHeaders } from './param-headers.js';

const MAX_PAGES = 100;

/** In which field of the result the list of a method stands. */
export const listFields = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
} as const;

export type ListMethod = keyof typeof listFields;

export interface MemberList {
  items: JsonObject[];
  ttlMs: number;
  isPublic: boolean;
  /** The member failed; what it said before is shown. */
  isStale: boolean;
}

/** The whole lists of members, page after page, kept as long as they say. */
export class MemberLists {
  private readonly cache = new ListCache();

  async of(member: Member, method: ListMethod, exchange: Exchange): Promise<MemberList> {
    const load = () => this.load(member, method, exchange);
    // What is built in is asked each time: it judges and records who asks.
    const { result, isStale } = member.upstream
      ? await this.cache.get(keyOf(member, method, exchange), load)
      : { result: await load(), isStale: false };
    const { ttlMs, cacheScope } = result;
    const items = result['items'] as JsonObject[];
    return { items, ttlMs: isStale ? 0 : Number(ttlMs), isPublic: cacheScope === 'public', isStale };
  }

  /** What the member listed last, without asking it. */
  last(member: Member, method: ListMethod, exchange: Exchange): JsonObject[] | undefined {
    const known = this.cache.last(keyOf(member, method, exchange));
    return known?.['items'] as JsonObject[] | undefined;
  }

  expire(upstream: string, method: string): void {
    this.cache.expire(upstream, method);
  }

  private async load(member: Member, method: ListMethod, exchange: Exchange): Promise<JsonObject> {
    const { _meta } = exchange.params;
    const found: JsonObject[] = [];
    let ttlMs = Infinity;
    let cacheScope = 'public';
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const params = { _meta, ...(cursor !== undefined && { cursor }) };
      const result = await member.answer(withParams(exchange, params, { method, notify: () => {} }));
      const listed = result[listFields[method]];
      if (Array.isArray(listed)) found.push(...listed.filter(isJsonObject));
      ttlMs = Math.min(ttlMs, Number(result['ttlMs'] ?? 0));
      if (result['cacheScope'] !== 'public') cacheScope = 'private';
      cursor = result['nextCursor'];
      if (cursor === undefined) break;
    }
    const items =
      method === 'tools/list' ? sorted(found.filter(({ inputSchema }) => hasValidHeaders(inputSchema))) : found;
    return { items, ttlMs, cacheScope };
  }
}

/** A list of tools has the same order each time. */
function sorted(tools: JsonObject[]): JsonObject[] {
  return tools.toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1));
}

function keyOf(member: Member, method: ListMethod, exchange: Exchange): Parameters<ListCache['last']>[0] {
  return { upstream: versionOf(member), principal: principalOf(exchange), method };
}

/** Names a member as it is registered now: what it said before is of no use. */
export function versionOf({ upstream }: Member): string {
  return `${upstream?.id}@${upstream?.updated_at.getTime()}`;
}
