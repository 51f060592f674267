import { Controller } from '@nestjs/common';
import {
  UpstreamApi,
  VirtualServerApi,
  type ById,
  type ByName,
  type ContinueRequest,
  type CreateUpstreamRequest,
  type Nothing,
  type PageRequest,
  type SetVirtualServerRequest,
  type UpdateUpstreamRequest,
  type Upstream,
  type UpstreamHealth,
  type UpstreamPage,
  type VirtualServer,
  type VirtualServerPage,
} from '@scm/contracts';
import { Rpc, Streamed, type StreamedAnswer } from '@scm/messaging';
import { ReplicaRelay } from '../federation/replica-relay.js';
import { UpstreamHealthCheck } from '../federation/upstream-health-check.js';
import { UpstreamPool } from '../federation/upstream-pool.js';
import { UpstreamsService } from './upstreams.service.js';
import { VirtualServersService } from './virtual-servers.service.js';

@Controller()
export class UpstreamsHandler {
  constructor(
    private readonly upstreams: UpstreamsService,
    private readonly servers: VirtualServersService,
    private readonly checks: UpstreamHealthCheck,
    private readonly relay: ReplicaRelay,
    private readonly pool: UpstreamPool,
  ) {}

  @Rpc(UpstreamApi.create)
  create(request: CreateUpstreamRequest): Promise<Upstream> {
    return this.upstreams.create(request);
  }

  @Rpc(UpstreamApi.list)
  list(request: PageRequest): Promise<UpstreamPage> {
    return this.upstreams.list(request);
  }

  @Rpc(UpstreamApi.get)
  get({ id }: ById): Promise<Upstream> {
    return this.upstreams.get(id);
  }

  @Rpc(UpstreamApi.update)
  update(request: UpdateUpstreamRequest): Promise<Upstream> {
    return this.upstreams.update(request);
  }

  @Rpc(UpstreamApi.remove)
  remove({ id }: ById): Promise<Nothing> {
    return this.upstreams.remove(id);
  }

  @Streamed(UpstreamApi.continue)
  async continue(request: ContinueRequest, answer: StreamedAnswer<Nothing>): Promise<void> {
    return this.relay.serve(request, answer, this.pool.get(await this.upstreams.row(request.upstream)).connector);
  }

  @Rpc(UpstreamApi.health)
  health({ id }: ById): Promise<UpstreamHealth> {
    return this.checks.check(id);
  }

  @Rpc(VirtualServerApi.set)
  setServer(request: SetVirtualServerRequest): Promise<VirtualServer> {
    return this.servers.set(request);
  }

  @Rpc(VirtualServerApi.list)
  listServers(request: PageRequest): Promise<VirtualServerPage> {
    return this.servers.list(request);
  }

  @Rpc(VirtualServerApi.get)
  getServer({ name }: ByName): Promise<VirtualServer> {
    return this.servers.get(name);
  }

  @Rpc(VirtualServerApi.remove)
  removeServer({ name }: ByName): Promise<Nothing> {
    return this.servers.remove(name);
  }
}
