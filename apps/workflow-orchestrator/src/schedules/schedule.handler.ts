import { Controller } from '@nestjs/common';
import { ScheduleApi, type Nothing, type PageRequest, type ScheduleRef, type SchedulePage } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ScheduleService } from './schedule.service.js';

@Controller()
export class ScheduleHandler {
  constructor(private readonly schedules: ScheduleService) {}

  @Rpc(ScheduleApi.list)
  list(request: PageRequest): Promise<SchedulePage> {
    return this.schedules.list(request);
  }

  @Rpc(ScheduleApi.remove)
  remove({ workflow }: ScheduleRef): Promise<Nothing> {
    return this.schedules.remove(workflow);
  }
}
