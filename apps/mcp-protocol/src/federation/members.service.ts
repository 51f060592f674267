import { Inject, Injectable } from '@nestjs/common';
import { BUILT_IN_MEMBER, ServiceError, WORKFLOWS_MEMBER, type Actor, type VirtualServerMember } from '@scm/contracts';
import { Policy } from '@scm/policy';
import { LRUCache } from 'lru-cache';
import { withUpstream } from '../captures/recording.leg.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { UpstreamsRepository, type UpstreamRow } from '../upstreams/upstreams.repository.js';
import { VirtualServersRepository } from '../upstreams/virtual-servers.repository.js';
import { withParams, type Member } from './member.js';
import { UpstreamPool } from './upstream-pool.js';
import { observeUpstream } from './upstream.telemetry.js';

/** The provider of the product's own tools and resources. */
export const BUILT_IN = Symbol('scm.mcp.built-in');

/** The provider of the workspace's workflows. */
export const WORKFLOWS = Symbol('scm.mcp.workflows');

// A change of the registry is seen this soon.
const SEEN_MS = 1_000;
const MAX_MEMBERS = 64;

interface Registered {
  members: VirtualServerMember[];
  upstreams: Map<string, UpstreamRow>;
}

/** Which members the server that an exchange addresses has, for the one who asks. */
@Injectable()
export class MembersService {
  private readonly registered = new LRUCache<string, Promise<Registered>>({ max: 1_000, ttl: SEEN_MS });

  constructor(
    private readonly upstreams: UpstreamsRepository,
    private readonly servers: VirtualServersRepository,
    private readonly pool: UpstreamPool,
    private readonly policy: Policy,
    @Inject(BUILT_IN) private readonly builtIn: Provider,
    @Inject(WORKFLOWS) private readonly workflows: Provider,
  ) {}

  /** In their order. Upstreams are there only for who may use them. Throws NOT_FOUND for a server that there is not. */
  async of({ actor, server }: Pick<Exchange, 'actor' | 'server'>): Promise<Member[]> {
    const key = `${actor.workspaceId}/${server ?? ''}`;
    const known = this.registered.get(key) ?? this.read(actor.workspaceId, server);
    this.registered.set(key, known, { noUpdateTTL: true });
    known.catch(() => this.registered.delete(key));
    const { members, upstreams } = await known;
    const mayUse = this.mayUse(actor);
    return members.flatMap(({ upstream: name, prefix = true }): Member[] => {
      if (name === BUILT_IN_MEMBER) return [ownMember(name, this.builtIn, prefix && server !== undefined)];
      if (name === WORKFLOWS_MEMBER) return [ownMember(name, this.workflows, prefix)];
      const row = upstreams.get(name);
      return row?.enabled && mayUse ? [this.memberOf(row, prefix)] : [];
    });
  }

  private memberOf(upstream: UpstreamRow, prefix: boolean): Member {
    const answer = (exchange: Exchange, isIdempotent?: boolean) =>
      observeUpstream(exchange, upstream, (traced) =>
        withUpstream(upstream.name, () => this.pool.get(upstream).guarded.answer(traced, isIdempotent)),
      );
    return { name: upstream.name, namespace: prefix ? upstream.namespace : '', upstream, answer };
  }

  private mayUse(actor: Actor): boolean {
    const resource = { workspaceId: actor.workspaceId };
    return this.policy.decide({ actor, permission: 'upstreams:use', resource }).allowed;
  }

  private async read(workspaceId: string, server: string | undefined): Promise<Registered> {
    return this.upstreams.inWorkspace(workspaceId, async (tx) => {
      if (server === undefined) {
        const all = await this.upstreams.list(tx, workspaceId, MAX_MEMBERS);
        const members = [BUILT_IN_MEMBER, ...all.map(({ name }) => name)].map((upstream) => ({ upstream }));
        return { members, upstreams: byName(all) };
      }
      const found = await this.servers.find(tx, workspaceId, server);
      if (!found) throw new ServiceError('NOT_FOUND', `there is no MCP server ${server}`);
      const names = found.members.map(({ upstream }) => upstream);
      return { members: found.members, upstreams: byName(await this.upstreams.named(tx, workspaceId, names)) };
    });
  }
}

function ownMember(name: string, provider: Provider, prefix: boolean): Member {
  // It knows nothing of the servers it is a member of.
  const answer = (exchange: Exchange) => provider.answer(withParams(exchange, exchange.params, { server: undefined }));
  const findTool = provider.findTool?.bind(provider);
  return { name, namespace: prefix ? name : '', answer, ...(findTool && { findTool }) };
}

function byName(rows: readonly UpstreamRow[]): Map<string, UpstreamRow> {
  return new Map(rows.map((row) => [row.name, row]));
}
