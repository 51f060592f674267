import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { OwnRoute } from '../access/route.decorator.js';
import type { GatewayRequest } from '../http/request.js';
import { Authorizer } from '../access/authorizer.js';
import { MeshStatus, type MeshState } from './mesh-status.js';
import { Telemetry } from './telemetry.js';

@Controller()
export class SystemController {
  constructor(
    private readonly mesh: MeshStatus,
    private readonly authorizer: Authorizer,
    private readonly telemetry: Telemetry,
  ) {}

  @OwnRoute('GET', 'api/v1/system/status', 'system:read', 'Services, replicas, versions, stores and queue depths')
  status(@Req() request: GatewayRequest): Promise<MeshState> {
    this.authorizer.check('system:read', request.actor, 'GET /api/v1/system/status');
    return this.mesh.read();
  }

  @OwnRoute('GET', 'livez', 'public', 'Whether this gateway runs')
  live(): { state: 'alive' } {
    return { state: 'alive' };
  }

  @OwnRoute('GET', 'readyz', 'public', 'Whether every service of the mesh is ready')
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ state: string; services: Record<string, string> }> {
    const { state, services } = await this.mesh.read();
    if (state !== 'ready') response.status(503);
    return { state, services: Object.fromEntries(services.map((service) => [service.name, service.state])) };
  }

  @OwnRoute('GET', 'metrics', 'public', 'The gateway’s own metrics, and the mesh as it sees it, for Prometheus')
  async metrics(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    this.telemetry.observe(await this.mesh.read());
    this.telemetry.expose(request, response);
  }
}
