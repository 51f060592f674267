import { Controller } from '@nestjs/common';
import { MetricsApi, type MetricsStatus } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { StoreStatusService } from './store-status.service.js';

@Controller()
export class StoreStatusHandler {
  constructor(private readonly statuses: StoreStatusService) {}

  @Rpc(MetricsApi.status)
  status(): Promise<MetricsStatus> {
    return this.statuses.status();
  }
}
