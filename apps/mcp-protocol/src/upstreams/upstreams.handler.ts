import { Controller } from '@nestjs/common';
import {
  UpstreamApi,
  VirtualServerApi,
  type ById,
  type ByName,
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
import { Rpc } from '@scm/messaging';
import { UpstreamHealthCheck } from '../federation/upstream-health-check.js';
import { UpstreamsService } from './upstreams.service.js';
import { VirtualServersService } from './virtual-servers.service.js';

@Controller()
export class UpstreamsHandler {
  constructor(
    private readonly upstreams: UpstreamsService,
    private readonly servers: VirtualServersService,
    private readonly checks: UpstreamHealthCheck,
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
