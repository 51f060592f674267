import { Controller } from '@nestjs/common';
import { MetricsApi, type IngestReply } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class MetricsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('POST', 'metrics', MetricsApi.ingest, 'Store samples; answered when they are durable')
  ingest(@Call() call: HttpCall): Promise<JsonText<IngestReply>> {
    return this.mesh.forward(MetricsApi.ingest, call);
  }

  @Route('GET', 'metrics/status', MetricsApi.status, 'How much is stored')
  status(@Call() call: HttpCall): Promise<JsonText<object>> {
    return this.mesh.forward(MetricsApi.status, call);
  }
}
