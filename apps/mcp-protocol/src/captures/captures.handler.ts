import { Controller } from '@nestjs/common';
import {
  CaptureApi,
  type ById,
  type Capture,
  type CapturedExchange,
  type CapturedExchangePage,
  type CapturePage,
  type ListExchangesRequest,
  type Nothing,
  type PageRequest,
  type ReplayRequest,
  type StartCaptureRequest,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { CapturesService } from './captures.service.js';
import { ReplayService } from './replay.service.js';

@Controller()
export class CapturesHandler {
  constructor(
    private readonly captures: CapturesService,
    private readonly replays: ReplayService,
  ) {}

  @Rpc(CaptureApi.start)
  start(request: StartCaptureRequest): Promise<Capture> {
    return this.captures.start(request);
  }

  @Rpc(CaptureApi.list)
  list(request: PageRequest): Promise<CapturePage> {
    return this.captures.list(request);
  }

  @Rpc(CaptureApi.get)
  get({ id }: ById): Promise<Capture> {
    return this.captures.get(id);
  }

  @Rpc(CaptureApi.stop)
  stop({ id }: ById): Promise<Capture> {
    return this.captures.stop(id);
  }

  @Rpc(CaptureApi.remove)
  remove({ id }: ById): Promise<Nothing> {
    return this.captures.remove(id);
  }

  @Rpc(CaptureApi.listExchanges)
  listExchanges(request: ListExchangesRequest): Promise<CapturedExchangePage> {
    return this.captures.listExchanges(request);
  }

  @Rpc(CaptureApi.getExchange)
  getExchange({ id }: ById): Promise<CapturedExchange> {
    return this.captures.exchange(id);
  }

  @Rpc(CaptureApi.replay)
  replay(request: ReplayRequest): Promise<CapturedExchange> {
    return this.replays.replay(request);
  }
}
