import { Controller } from '@nestjs/common';
import {
  QueueApi,
  StepApi,
  type ClaimReply,
  type ClaimRequest,
  type Nothing,
  type QueueDepths,
  type QueueRequest,
  type StepDeadLetter,
  type StepReportReplies,
  type StepReports,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { QueueService } from '../queues/queue.service.js';
import { StepService } from './step.service.js';

@Controller()
export class StepHandler {
  constructor(
    private readonly steps: StepService,
    private readonly queues: QueueService,
  ) {}

  @Rpc(StepApi.report)
  report({ reports }: StepReports): Promise<StepReportReplies> {
    return this.steps.reportAll(reports);
  }

  @Rpc(StepApi.claim)
  claim(request: ClaimRequest): Promise<ClaimReply> {
    return this.steps.claim(request);
  }

  @Rpc(StepApi.deadLetter)
  bury(request: StepDeadLetter): Promise<Nothing> {
    return this.steps.bury(request);
  }

  @Rpc(QueueApi.list)
  depths(request: QueueRequest): Promise<QueueDepths> {
    return this.queues.depths(request);
  }
}
