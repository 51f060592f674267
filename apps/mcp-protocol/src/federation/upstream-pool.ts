import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { EgressClient } from '@scm/egress';
import { IDENTITY, SecretBox, type Identity } from '@scm/service';
import { UpstreamFetches } from '../authorization/upstream-fetches.js';
import { McpConfig } from '../config.js';
import type { Connector } from '../connectors/connector.js';
import { ParkedCalls } from '../connectors/parked-calls.js';
import { RequestStates } from '../connectors/request-state.js';
import { tracedFetch } from '../connectors/traced-fetch.js';
import { UpstreamConnector } from '../connectors/upstream-connector.js';
import type { UpstreamTarget } from '../connectors/upstream-target.js';
import { MessageHooks } from '../extensions/message-hooks.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { UpstreamSecrets } from '../upstreams/upstream-secrets.js';
import type { RestOperation } from '../rest/rest-operation.js';
import { RestUpstream } from '../rest/rest-upstream.js';
import { UpstreamsRepository, type UpstreamRow } from '../upstreams/upstreams.repository.js';
import { ChildOwners } from './child-owners.js';
import { GuardedProvider } from './guarded-provider.js';
import { paramHeaders } from './param-headers.js';
import { ReplicaRelay } from './replica-relay.js';

const CONNECTIONS = 256;

/** What a replica has of an upstream as it is registered now. */
export interface PooledUpstream {
  connector: Connector;
  guarded: GuardedProvider;
  changedAt: number;
}

/** The connectors of this replica: one for each upstream, made anew when its registration changes. */
@Injectable()
export class UpstreamPool implements OnModuleDestroy {
  private readonly egress: EgressClient;
  private readonly calls = new ParkedCalls();
  private readonly states: RequestStates;
  private readonly upstreams = new Map<string, PooledUpstream>();
  /** The input schema of a tool, from what the upstream listed. */
  schemaOf: (upstream: UpstreamRow, exchange: Exchange) => unknown = () => undefined;

  constructor(
    private readonly config: McpConfig,
    private readonly secrets: UpstreamSecrets,
    private readonly relay: ReplicaRelay,
    private readonly owners: ChildOwners,
    private readonly rows: UpstreamsRepository,
    private readonly hooks: MessageHooks,
    private readonly fetches: UpstreamFetches,
    box: SecretBox,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {
    this.egress = new EgressClient({ allow: config.egressAllow, connections: CONNECTIONS });
    this.states = new RequestStates(box);
  }

  get(row: UpstreamRow): PooledUpstream {
    const changedAt = row.updated_at.getTime();
    const known = this.upstreams.get(row.id);
    if (known && known.changedAt >= changedAt) return known;
    void known?.connector.close().catch(() => {});
    const connector = this.connect(row);
    const provider = row.transport === 'stdio' ? this.atOwner(row, connector) : connector;
    const upstream = { connector, guarded: new GuardedProvider(provider), changedAt };
    this.upstreams.set(row.id, upstream);
    return upstream;
  }

  async onModuleDestroy(): Promise<void> {
    this.calls.close();
    await Promise.allSettled([...this.upstreams.values()].map(({ connector }) => connector.close()));
    await this.egress.close();
  }

  /** One replica has the child; the others ask it. */
  private atOwner(row: UpstreamRow, connector: Connector): Provider {
    const drop = () => {
      if (this.upstreams.get(row.id)?.connector === connector) this.upstreams.delete(row.id);
      void connector.close().catch(() => {});
    };
    return {
      answer: async (exchange) => {
        const owner = await this.owners.of(row, drop);
        if (owner === this.identity.instance) return connector.answer(exchange);
        return this.relay.send(owner, row.id, exchange);
      },
    };
  }

  private connect(row: UpstreamRow): Connector {
    if (row.transport === 'rest') return this.restUpstream(row);
    const relay = (owner: string, exchange: Exchange) => this.relay.send(owner, row.id, exchange);
    return new UpstreamConnector(this.targetOf(row), {
      fetch: this.fetches.of(row, tracedFetch(this.egress.fetch)),
      parking: { owner: this.identity.instance, calls: this.calls, states: this.states, relay },
      hooks: this.hooks,
      headersOf: (exchange) => paramHeaders(this.schemaOf(row, exchange), exchange.params['arguments']),
    });
  }

  private restUpstream({ id, workspace_id, name, url, sealed_headers, api }: UpstreamRow): RestUpstream {
    const { title = name, version = '', description } = api ?? {};
    const headers = this.secrets.open(id, sealed_headers);
    const target = { name, title, version, ...(description && { description }), url: url ?? '', headers };
    const load = async () => {
      const text = await this.rows.inWorkspace(workspace_id, (tx) => this.rows.operations(tx, id));
      return JSON.parse(text ?? '[]') as RestOperation[];
    };
    return new RestUpstream(target, this.egress, load, this.hooks);
  }

  private targetOf({ id, transport, url, command, sealed_headers }: UpstreamRow): UpstreamTarget {
    if (transport === 'streamable-http' || transport === 'sse')
      return { transport, url: url ?? '', headers: this.secrets.open(id, sealed_headers) };
    const allowed = this.config.stdioCommand(command ?? '');
    if (!allowed) throw new ServiceError('FAILED_PRECONDITION', `the command ${command} is not allowed any more`);
    return { transport: 'stdio', ...allowed };
  }
}
