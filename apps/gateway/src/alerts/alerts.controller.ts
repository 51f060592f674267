import { Controller } from '@nestjs/common';
import { AlertApi, type Alert, type AlertPage, type Nothing, type Silence, type SilencePage } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class AlertsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'alerts', AlertApi.list, 'List alerts, newest first')
  list(@Call() call: HttpCall): Promise<JsonText<AlertPage>> {
    return this.mesh.forward(AlertApi.list, call);
  }

  @Route('GET', 'alerts/:id', AlertApi.get, 'Show one alert')
  get(@Call() call: HttpCall): Promise<JsonText<Alert>> {
    return this.mesh.forward(AlertApi.get, call);
  }

  @Route('POST', 'alerts/:id/acknowledge', AlertApi.acknowledge, 'Say that someone looks after an alert')
  acknowledge(@Call() call: HttpCall): Promise<JsonText<Alert>> {
    return this.mesh.forward(AlertApi.acknowledge, call);
  }

  @Route('GET', 'silences', AlertApi.listSilences, 'List silences')
  listSilences(@Call() call: HttpCall): Promise<JsonText<SilencePage>> {
    return this.mesh.forward(AlertApi.listSilences, call);
  }

  @Route('POST', 'silences', AlertApi.createSilence, 'Mute alerts by their labels for a time', { status: 201 })
  createSilence(@Call() call: HttpCall): Promise<JsonText<Silence>> {
    return this.mesh.forward(AlertApi.createSilence, call);
  }

  @Route('DELETE', 'silences/:id', AlertApi.expireSilence, 'End a silence now')
  expireSilence(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(AlertApi.expireSilence, call);
  }
}
