import { Controller } from '@nestjs/common';
import { DiagnosisApi, type MessageJudgement, type UpstreamDiagnosis } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class DiagnosisController {
  constructor(private readonly mesh: Mesh) {}

  @Route('POST', 'mcp/messages/judge', DiagnosisApi.judgeMessage, 'Judge an MCP message, and show it in every revision')
  judgeMessage(@Call() call: HttpCall): Promise<JsonText<MessageJudgement>> {
    return this.mesh.forward(DiagnosisApi.judgeMessage, call);
  }

  @Route('GET', 'upstreams/:id/diagnosis', DiagnosisApi.diagnoseUpstream, 'Ask an MCP server all there is to ask')
  diagnoseUpstream(@Call() call: HttpCall): Promise<JsonText<UpstreamDiagnosis>> {
    return this.mesh.forward(DiagnosisApi.diagnoseUpstream, call);
  }
}
