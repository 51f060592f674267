import { Controller } from '@nestjs/common';
import { RulesApi, type AlertRule, type AlertRulePage, type Nothing } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class RulesController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'rules', RulesApi.list, 'List alert rules')
  list(@Call() call: HttpCall): Promise<JsonText<AlertRulePage>> {
    return this.mesh.forward(RulesApi.list, call);
  }

  @Route('POST', 'rules', RulesApi.create, 'Create an alert rule, written as a Prometheus rule entry', { status: 201 })
  create(@Call() call: HttpCall): Promise<JsonText<AlertRule>> {
    return this.mesh.forward(RulesApi.create, call);
  }

  @Route('DELETE', 'rules/:id', RulesApi.remove, 'Remove an alert rule; what it fires is resolved')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(RulesApi.remove, call);
  }
}
