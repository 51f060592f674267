import { Controller } from '@nestjs/common';
import { IntakeApi, type IntakeReply, type OtlpRequest } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { OtlpService } from './otlp.service.js';

@Controller()
export class OtlpHandler {
  constructor(private readonly otlp: OtlpService) {}

  @Rpc(IntakeApi.otlp)
  export(request: OtlpRequest): Promise<IntakeReply> {
    return this.otlp.export(request);
  }
}
