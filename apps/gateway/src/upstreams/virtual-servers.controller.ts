import { Controller } from '@nestjs/common';
import { VirtualServerApi, type Nothing, type VirtualServer, type VirtualServerPage } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class VirtualServersController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'virtual-servers', VirtualServerApi.list, 'List the MCP servers that are made of others')
  list(@Call() call: HttpCall): Promise<JsonText<VirtualServerPage>> {
    return this.mesh.forward(VirtualServerApi.list, call);
  }

  @Route('POST', 'virtual-servers', VirtualServerApi.set, 'Say what `/mcp/{name}` shows', { status: 201 })
  set(@Call() call: HttpCall): Promise<JsonText<VirtualServer>> {
    return this.mesh.forward(VirtualServerApi.set, call);
  }

  @Route('GET', 'virtual-servers/:name', VirtualServerApi.get, 'Show what `/mcp/{name}` shows')
  get(@Call() call: HttpCall): Promise<JsonText<VirtualServer>> {
    return this.mesh.forward(VirtualServerApi.get, call);
  }

  @Route('DELETE', 'virtual-servers/:name', VirtualServerApi.remove, 'Remove a virtual server')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(VirtualServerApi.remove, call);
  }
}
