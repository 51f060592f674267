import { Controller } from '@nestjs/common';
import { MetricsApi, type PrometheusReply, type TsdbStatusRequest } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { TsdbStatusService } from './tsdb-status.service.js';

@Controller()
export class TsdbStatusHandler {
  constructor(private readonly tsdb: TsdbStatusService) {}

  @Rpc(MetricsApi.tsdbStatus)
  status(request: TsdbStatusRequest): Promise<PrometheusReply> {
    return this.tsdb.status(request);
  }
}
