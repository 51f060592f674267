import { Controller } from '@nestjs/common';
import { RuleFileApi, type Nothing, type RuleFile, type RuleFilePage } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1/rule-files')
export class RuleFilesController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', '', RuleFileApi.list, 'List rule files')
  list(@Call() call: HttpCall): Promise<JsonText<RuleFilePage>> {
    return this.mesh.forward(RuleFileApi.list, call);
  }

  @Route('GET', ':name', RuleFileApi.get, 'Show a rule file with its document')
  get(@Call() call: HttpCall): Promise<JsonText<RuleFile>> {
    return this.mesh.forward(RuleFileApi.get, call);
  }

  @Route('PUT', ':name', RuleFileApi.put, 'Store a Prometheus rule file in place of the one of that name')
  put(@Call() call: HttpCall): Promise<JsonText<RuleFile>> {
    return this.mesh.forward(RuleFileApi.put, call);
  }

  @Route('DELETE', ':name', RuleFileApi.remove, 'Remove a rule file; what its rules fire is resolved')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(RuleFileApi.remove, call);
  }
}
