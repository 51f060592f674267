import { Controller } from '@nestjs/common';
import { MetricsApi, type ExemplarsRequest, type PrometheusReply } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ExemplarService } from './exemplar.service.js';

@Controller()
export class ExemplarHandler {
  constructor(private readonly exemplars: ExemplarService) {}

  @Rpc(MetricsApi.exemplars)
  query(request: ExemplarsRequest): Promise<PrometheusReply> {
    return this.exemplars.query(request);
  }
}
