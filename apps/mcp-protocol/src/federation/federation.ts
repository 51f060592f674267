import { Inject, Injectable } from '@nestjs/common';
import { digestOf } from '@scm/audit';
import { ServiceError } from '@scm/contracts';
import { errorCodes, isJsonObject, ProtocolError, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';
import { IDENTITY, type Identity } from '@scm/service';
import { CallAudit } from '../protocol/call-audit.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { Served } from '../protocol/served.js';
import type { UpstreamRow } from '../upstreams/upstreams.repository.js';
import { ownName, principalOf, withParams, type Member } from './member.js';
import { listFields, MemberLists, versionOf, type ListMethod } from './member-lists.js';
import { MembersService } from './members.service.js';
import { mergedDiscovery } from './merged-discovery.js';
import { mergedList } from './merged-list.js';
import { mergedListening } from './merged-listening.js';
import { ReadCache } from './read-cache.js';
import { UpstreamNews } from './upstream-news.js';
import { UpstreamPool } from './upstream-pool.js';

/** The product and its upstreams as one server: the virtual server that was addressed, or the one that shows everything. */
@Injectable()
export class Federation implements Provider {
  private readonly lists = new MemberLists();
  private readonly reads = new ReadCache();

  constructor(
    private readonly members: MembersService,
    pool: UpstreamPool,
    private readonly audit: CallAudit,
    private readonly served: Served,
    private readonly news: UpstreamNews,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {
    pool.schemaOf = (upstream, exchange) => this.schemaOf(upstream, exchange);
    news.onNews = ({ upstream, method, uri }) =>
      uri === undefined ? this.lists.expire(upstream, method) : this.reads.expire(upstream, uri);
  }

  async answer(exchange: Exchange): Promise<JsonObject> {
    const members = await this.members.of(exchange);
    const [only] = members;
    // Nothing is to be merged, and what is built in keeps its own record.
    if (members.length === 1 && only && !only.upstream && only.namespace === '') return only.answer(exchange);
    return this.answerOf(members, exchange);
  }

  /** The tool as `tools/list` shows it; asks its member only when that is not known yet. */
  async findTool(name: string, exchange: Exchange): Promise<JsonObject | undefined> {
    for (const { member, name: own } of named(await this.members.of(exchange), name)) {
      const tool = await this.toolNamed(member, own, exchange);
      if (tool) return { ...tool, name };
    }
    return undefined;
  }

  /** Who has the tool that is called, and, of an upstream, what that says of it. Throws ProtocolError when nobody has it. */
  async toolOf(exchange: Exchange): Promise<Called> {
    const found = await this.found(await this.members.of(exchange), exchange);
    const { member, name } = found;
    if (!member.upstream) return found;
    const tool = await this.toolNamed(member, name, exchange);
    return { ...found, ...(tool && { tool }) };
  }

  /** Calls it where it was found. */
  async callTool({ member, name }: Called, exchange: Exchange): Promise<JsonObject> {
    return this.callAt({ member, name }, exchange);
  }

  /** Asks one member. Throws ProtocolError when the server has it no more, or the caller may not use it. */
  async answerAt(name: string, exchange: Exchange): Promise<JsonObject> {
    const member = (await this.members.of(exchange)).find((one) => one.name === name);
    if (!member) throw new ProtocolError(errorCodes.invalidParams, `${name} is not there any more`);
    return member.answer(exchange);
  }

  private async answerOf(members: readonly Member[], exchange: Exchange): Promise<JsonObject> {
    const { method } = exchange;
    switch (method) {
      case 'server/discover':
        return this.discover(members, exchange);
      case 'tools/list':
      case 'prompts/list':
      case 'resources/list':
      case 'resources/templates/list':
        return this.list(members, method, exchange);
      case 'tools/call':
      case 'prompts/get':
        return this.callNamed(members, exchange);
      case 'resources/read':
        return this.firstWith(members, String(exchange.params['uri']), exchange);
      case 'completion/complete':
        return this.complete(members, exchange);
      case 'subscriptions/listen':
        await this.record(members, exchange, 'allowed');
        return mergedListening(members, exchange, (member, notification) => this.heard(member, notification));
      default:
        throw new ProtocolError(errorCodes.methodNotFound, `${method} is not offered`);
    }
  }

  private async discover(members: readonly Member[], exchange: Exchange): Promise<JsonObject> {
    const { version } = this.identity;
    const name = exchange.server ?? 'system-context-monitor';
    const serverInfo = { name, title: exchange.server ?? 'System Context Monitor', version };
    return mergedDiscovery(members, exchange, { supportedVersions: this.served.stateless, serverInfo });
  }

  private async list(members: readonly Member[], method: ListMethod, exchange: Exchange): Promise<JsonObject> {
    await this.record(members, exchange, 'allowed');
    return mergedList(members, this.lists, method, exchange);
  }

  private async callNamed(members: readonly Member[], exchange: Exchange): Promise<JsonObject> {
    return this.callAt(await this.found(members, exchange), exchange);
  }

  private async callAt({ member, name }: Named, exchange: Exchange): Promise<JsonObject> {
    const own = withParams(exchange, { ...exchange.params, name });
    return member.upstream ? this.callUpstream(member, own, String(exchange.params['name'])) : member.answer(own);
  }

  private async found(members: readonly Member[], exchange: Exchange): Promise<Named> {
    const name = String(exchange.params['name']);
    const found = await this.owner(named(members, name), exchange);
    if (!found) throw new ProtocolError(errorCodes.invalidParams, `there is no ${kindOf(exchange)} ${name}`);
    return found;
  }

  /** Who has it: the only one that can, or the first whose list names it. */
  private async owner(candidates: readonly Named[], exchange: Exchange): Promise<Named | undefined> {
    if (candidates.length < 2) return candidates[0];
    const method = exchange.method === 'tools/call' ? 'tools/list' : 'prompts/list';
    for (const candidate of candidates) {
      const { member, name } = candidate;
      const isIts = ({ name: listed }: JsonObject) => listed === name;
      if (this.lists.last(member, method, exchange)?.some(isIts)) return candidate;
      const items = await this.itemsOf(member, method, exchange);
      if (items.some(isIts)) return candidate;
    }
    return undefined;
  }

  private async callUpstream(member: Member, exchange: Exchange, shown: string): Promise<JsonObject> {
    const { method, params } = exchange;
    const about = { resource: shown, details: { upstream: member.name, digest: digestOf(params['arguments'] ?? {}) } };
    await this.audit.record(method, 'started', about);
    try {
      const result = await member.answer(exchange, this.isIdempotent(member, exchange));
      await this.audit.record(method, result['isError'] === true ? 'failed' : 'done', about);
      return result;
    } catch (error) {
      await this.audit.record(method, 'failed', { ...about, reason: reasonOf(error) });
      throw error;
    }
  }

  private isIdempotent(member: Member, exchange: Exchange): boolean {
    const { name } = exchange.params;
    return isIdempotent(this.lists.last(member, 'tools/list', exchange)?.find((tool) => tool['name'] === name));
  }

  /** Asks those first that listed it, and goes on while they say that there is no such thing. */
  private async firstWith(members: readonly Member[], uri: string, exchange: Exchange): Promise<JsonObject> {
    await this.record(members, exchange, 'allowed', uri);
    const lists = (member: Member) =>
      this.lists.last(member, 'resources/list', exchange)?.some((resource) => resource['uri'] === uri) ?? false;
    const inOrder = [...members.filter(lists), ...members.filter((member) => !lists(member))];
    let absent: unknown = new ProtocolError(errorCodes.invalidParams, `there is no resource ${uri}`, { uri });
    for (const member of inOrder) {
      try {
        return await this.readAt(member, uri, withParams(exchange, exchange.params));
      } catch (error) {
        if (!isAbsence(error)) throw error;
        absent = error;
      }
    }
    throw absent;
  }

  private async readAt(member: Member, uri: string, exchange: Exchange): Promise<JsonObject> {
    if (!member.upstream || exchange.method !== 'resources/read') return member.answer(exchange);
    const key = { upstream: versionOf(member), uri, principal: principalOf(exchange) };
    const known = exchange.params['requestState'] === undefined ? this.reads.get(key) : undefined;
    if (known) return known;
    const result = await member.answer(exchange);
    this.reads.keep(key, result);
    return result;
  }

  private async complete(members: readonly Member[], exchange: Exchange): Promise<JsonObject> {
    const { ref } = exchange.params;
    if (!isJsonObject(ref) || ref['type'] !== 'ref/prompt')
      return this.firstWith(members, isJsonObject(ref) ? String(ref['uri']) : '', exchange);
    await this.record(members, exchange, 'allowed', String(ref['name']));
    const found = await this.owner(named(members, String(ref['name'])), exchange);
    if (!found) throw new ProtocolError(errorCodes.invalidParams, `there is no prompt ${String(ref['name'])}`);
    const own = { ...exchange.params, ref: { ...ref, name: found.name } };
    return found.member.answer(withParams(exchange, own));
  }

  /** Every replica forgets what is no longer so. */
  private heard(member: Member, { method, params }: JsonRpcNotification): void {
    const upstream = versionOf(member);
    const uri = params?.['uri'];
    if (method === 'notifications/resources/updated' && typeof uri === 'string')
      this.news.tell({ upstream, method: 'resources/read', uri });
    const kind = /^notifications\/(\w+)\/list_changed$/.exec(method)?.[1];
    for (const list of Object.keys(listFields).filter((name) => kind !== undefined && name.startsWith(`${kind}/`)))
      this.news.tell({ upstream, method: list });
  }

  private schemaOf(upstream: UpstreamRow, exchange: Exchange): unknown {
    const member = { name: upstream.name, namespace: '', upstream, answer: () => Promise.resolve({}) };
    const tools = this.lists.last(member, 'tools/list', exchange);
    return tools?.find(({ name }) => name === exchange.params['name'])?.['inputSchema'];
  }

  private async toolNamed(member: Member, name: string, exchange: Exchange): Promise<JsonObject | undefined> {
    if (member.findTool) return member.findTool(name, exchange);
    const isIt = (tool: JsonObject) => tool['name'] === name;
    const known = this.lists.last(member, 'tools/list', exchange)?.find(isIt);
    return known ?? (await this.itemsOf(member, 'tools/list', exchange)).find(isIt);
  }

  private async itemsOf(member: Member, method: ListMethod, exchange: Exchange): Promise<JsonObject[]> {
    try {
      return (await this.lists.of(member, method, exchange)).items;
    } catch (error) {
      // A member that cannot say what it has does not take part in the search.
      if (error instanceof ProtocolError || error instanceof ServiceError) return [];
      throw error;
    }
  }

  /** What is built in keeps its own record. */
  private async record(
    members: readonly Member[],
    { method }: Exchange,
    outcome: 'allowed',
    resource?: string,
  ): Promise<void> {
    const upstreams = members.filter(({ upstream }) => upstream).map(({ name }) => name);
    if (upstreams.length > 0)
      await this.audit.record(method, outcome, { ...(resource !== undefined && { resource }), details: { upstreams } });
  }
}

interface Named {
  member: Member;
  /** As the member calls it. */
  name: string;
}

/** The tool of a call, as its member shows it; that is not known of what is built in. */
export interface Called extends Named {
  tool?: JsonObject;
}

function named(members: readonly Member[], shown: string): Named[] {
  return members.flatMap((member) => {
    const name = ownName(member, shown);
    return name === undefined ? [] : [{ member, name }];
  });
}

/** It says that a second call does no harm. */
export function isIdempotent(tool: JsonObject | undefined): boolean {
  const annotations = isJsonObject(tool?.['annotations']) ? tool['annotations'] : {};
  return annotations['readOnlyHint'] === true || annotations['idempotentHint'] === true;
}

function kindOf({ method }: Exchange): string {
  return method === 'tools/call' ? 'tool' : 'prompt';
}

/** The member has no such resource, or no resources. */
function isAbsence(error: unknown): boolean {
  if (!(error instanceof ProtocolError)) return false;
  return error.code === errorCodes.methodNotFound || error.code === errorCodes.invalidParams;
}

function reasonOf(error: unknown): string {
  if (error instanceof ServiceError) return `${error.code}: ${error.message}`;
  return error instanceof ProtocolError ? `${error.code}: ${error.message}` : 'internal error';
}
