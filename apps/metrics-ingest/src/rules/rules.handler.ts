import { Controller } from '@nestjs/common';
import {
  RulesApi,
  type AlertRule,
  type AlertRuleInput,
  type AlertRulePage,
  type ById,
  type Nothing,
  type PageRequest,
  type PrometheusReply,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { RulesService } from './rules.service.js';

@Controller()
export class RulesHandler {
  constructor(private readonly rules: RulesService) {}

  @Rpc(RulesApi.create)
  create(request: AlertRuleInput): Promise<AlertRule> {
    return this.rules.create(request);
  }

  @Rpc(RulesApi.list)
  list(request: PageRequest): Promise<AlertRulePage> {
    return this.rules.list(request);
  }

  @Rpc(RulesApi.remove)
  remove({ id }: ById): Promise<Nothing> {
    return this.rules.remove(id);
  }

  @Rpc(RulesApi.groups)
  groups(): Promise<PrometheusReply> {
    return this.rules.groups();
  }

  @Rpc(RulesApi.alerts)
  alerts(): Promise<PrometheusReply> {
    return this.rules.alerts();
  }
}
