import { Controller } from '@nestjs/common';
import {
  MetricsApi,
  RulesApi,
  type AlertRule,
  type AlertRulePage,
  type IngestReply,
  type Nothing,
} from '@scm/contracts';
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

  @Route('GET', 'rules', RulesApi.list, 'List alert rules')
  listRules(@Call() call: HttpCall): Promise<JsonText<AlertRulePage>> {
    return this.mesh.forward(RulesApi.list, call);
  }

  @Route('POST', 'rules', RulesApi.create, 'Create an alert rule, written as a Prometheus rule entry', { status: 201 })
  createRule(@Call() call: HttpCall): Promise<JsonText<AlertRule>> {
    return this.mesh.forward(RulesApi.create, call);
  }

  @Route('DELETE', 'rules/:id', RulesApi.remove, 'Remove an alert rule; what it fires is resolved')
  removeRule(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(RulesApi.remove, call);
  }
}
