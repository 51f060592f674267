import { Controller } from '@nestjs/common';
import { UpstreamApi, type Nothing, type Upstream, type UpstreamHealth, type UpstreamPage } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class UpstreamsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'upstreams', UpstreamApi.list, 'List the MCP servers that are reached through this one')
  list(@Call() call: HttpCall): Promise<JsonText<UpstreamPage>> {
    return this.mesh.forward(UpstreamApi.list, call);
  }

  @Route('POST', 'upstreams', UpstreamApi.create, 'Register an MCP server', { status: 201 })
  create(@Call() call: HttpCall): Promise<JsonText<Upstream>> {
    return this.mesh.forward(UpstreamApi.create, call);
  }

  @Route('GET', 'upstreams/:id', UpstreamApi.get, 'Show an MCP server')
  get(@Call() call: HttpCall): Promise<JsonText<Upstream>> {
    return this.mesh.forward(UpstreamApi.get, call);
  }

  @Route('PATCH', 'upstreams/:id', UpstreamApi.update, 'Change how an MCP server is reached, or whether it is')
  update(@Call() call: HttpCall): Promise<JsonText<Upstream>> {
    return this.mesh.forward(UpstreamApi.update, call);
  }

  @Route('DELETE', 'upstreams/:id', UpstreamApi.remove, 'Remove an MCP server')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(UpstreamApi.remove, call);
  }

  @Route('GET', 'upstreams/:id/health', UpstreamApi.health, 'Ask an MCP server how it is')
  health(@Call() call: HttpCall): Promise<JsonText<UpstreamHealth>> {
    return this.mesh.forward(UpstreamApi.health, call);
  }
}
