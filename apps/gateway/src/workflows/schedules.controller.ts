import { Controller } from '@nestjs/common';
import { ScheduleApi, type Nothing, type SchedulePage } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1/schedules')
export class SchedulesController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', '', ScheduleApi.list, 'List which workflows start by themselves, and when')
  list(@Call() call: HttpCall): Promise<JsonText<SchedulePage>> {
    return this.mesh.forward(ScheduleApi.list, call);
  }

  @Route('DELETE', ':workflow', ScheduleApi.remove, 'End the schedule of a workflow')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(ScheduleApi.remove, call);
  }
}
