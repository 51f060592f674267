import { Controller } from '@nestjs/common';
import {
  RuleFileApi,
  RulesApi,
  type AlertRule,
  type AlertRulePage,
  type Nothing,
  type RuleFile,
  type RuleFilePage,
} from '@scm/contracts';
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

  @Route('GET', 'rule-files', RuleFileApi.list, 'List rule files')
  listFiles(@Call() call: HttpCall): Promise<JsonText<RuleFilePage>> {
    return this.mesh.forward(RuleFileApi.list, call);
  }

  @Route('GET', 'rule-files/:name', RuleFileApi.get, 'Show a rule file with its document')
  getFile(@Call() call: HttpCall): Promise<JsonText<RuleFile>> {
    return this.mesh.forward(RuleFileApi.get, call);
  }

  @Route('PUT', 'rule-files/:name', RuleFileApi.put, 'Store a Prometheus rule file in place of the one of that name')
  putFile(@Call() call: HttpCall): Promise<JsonText<RuleFile>> {
    return this.mesh.forward(RuleFileApi.put, call);
  }

  @Route('DELETE', 'rule-files/:name', RuleFileApi.remove, 'Remove a rule file; what its rules fire is resolved')
  removeFile(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(RuleFileApi.remove, call);
  }
}
