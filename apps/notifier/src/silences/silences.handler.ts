import { Controller } from '@nestjs/common';
import {
  AlertApi,
  type ById,
  type CreateSilenceRequest,
  type Nothing,
  type PageRequest,
  type Silence,
  type SilencePage,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { SilencesService } from './silences.service.js';

@Controller()
export class SilencesHandler {
  constructor(private readonly silences: SilencesService) {}

  @Rpc(AlertApi.createSilence)
  create(request: CreateSilenceRequest): Promise<Silence> {
    return this.silences.create(request);
  }

  @Rpc(AlertApi.listSilences)
  list(request: PageRequest): Promise<SilencePage> {
    return this.silences.list(request);
  }

  @Rpc(AlertApi.expireSilence)
  expire({ id }: ById): Promise<Nothing> {
    return this.silences.expire(id);
  }
}
