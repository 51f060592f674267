import { Controller } from '@nestjs/common';
import { McpMessageApi, type JudgeMessageRequest, type MessageJudgement } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { judgeMessage } from './message-judgement.js';

@Controller()
export class DiagnosisHandler {
  @Rpc(McpMessageApi.judge)
  async judge(request: JudgeMessageRequest): Promise<MessageJudgement> {
    return judgeMessage(request);
  }
}
