import { Controller } from '@nestjs/common';
import {
  DiagnosisApi,
  type ById,
  type JudgeMessageRequest,
  type MessageJudgement,
  type UpstreamDiagnosis,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import { judgeMessage } from './message-judgement.js';
import { UpstreamExamination } from './upstream-examination.js';

@Controller()
export class DiagnosisHandler {
  constructor(
    private readonly examination: UpstreamExamination,
    private readonly extensions: ExtensionRegistry,
  ) {}

  @Rpc(DiagnosisApi.judgeMessage)
  async judgeMessage(request: JudgeMessageRequest): Promise<MessageJudgement> {
    return judgeMessage(request, (revision) => this.extensions.modelsFor(revision));
  }

  @Rpc(DiagnosisApi.diagnoseUpstream)
  diagnoseUpstream({ id }: ById): Promise<UpstreamDiagnosis> {
    return this.examination.of(id);
  }
}
