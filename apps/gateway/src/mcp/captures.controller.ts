import { Controller } from '@nestjs/common';
import {
  CaptureApi,
  type Capture,
  type CapturedExchange,
  type CapturedExchangePage,
  type CapturePage,
  type Nothing,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1/mcp')
export class CapturesController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'captures', CaptureApi.list, 'List what was captured of MCP exchanges')
  list(@Call() call: HttpCall): Promise<JsonText<CapturePage>> {
    return this.mesh.forward(CaptureApi.list, call);
  }

  @Route('POST', 'captures', CaptureApi.start, 'Capture MCP exchanges for a while', { status: 201 })
  start(@Call() call: HttpCall): Promise<JsonText<Capture>> {
    return this.mesh.forward(CaptureApi.start, call);
  }

  @Route('GET', 'captures/:id', CaptureApi.get, 'Show a capture')
  get(@Call() call: HttpCall): Promise<JsonText<Capture>> {
    return this.mesh.forward(CaptureApi.get, call);
  }

  @Route('DELETE', 'captures/:id', CaptureApi.remove, 'Remove a capture with all that it kept')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(CaptureApi.remove, call);
  }

  @Route('POST', 'captures/:id/stop', CaptureApi.stop, 'Stop capturing')
  stop(@Call() call: HttpCall): Promise<JsonText<Capture>> {
    return this.mesh.forward(CaptureApi.stop, call);
  }

  @Route('GET', 'captures/:id/exchanges', CaptureApi.listExchanges, 'List the exchanges of a capture')
  listExchanges(@Call() call: HttpCall): Promise<JsonText<CapturedExchangePage>> {
    return this.mesh.forward(CaptureApi.listExchanges, call);
  }

  @Route('GET', 'exchanges/:id', CaptureApi.getExchange, 'Show all that was said in a captured exchange')
  getExchange(@Call() call: HttpCall): Promise<JsonText<CapturedExchange>> {
    return this.mesh.forward(CaptureApi.getExchange, call);
  }

  @Route('POST', 'exchanges/:id/replay', CaptureApi.replay, 'Send the request of a captured exchange again')
  replay(@Call() call: HttpCall): Promise<JsonText<CapturedExchange>> {
    return this.mesh.forward(CaptureApi.replay, call);
  }
}
