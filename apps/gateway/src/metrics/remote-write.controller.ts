import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { IntakeApi, ServiceError, type IntakeReply } from '@scm/contracts';
import { Route } from '../access/route.decorator.js';
import type { GatewayRequest } from '../http/request.js';
import { Mesh } from '../mesh/mesh.js';
import { contentType } from './content-type.js';

const route = { status: 204, answer: {} };
const SUMMARY = 'Prometheus remote write 1.0 and 2.0; answered when the samples are durable';

/** Samples as Prometheus and its agents send them. */
@Controller()
export class RemoteWriteController {
  constructor(private readonly mesh: Mesh) {}

  @Route('POST', 'api/v1/write', IntakeApi.remoteWrite, SUMMARY, route)
  write(@Req() request: GatewayRequest, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.take(request, response);
  }

  /** For senders that are told the same base URL as readers. */
  @Route('POST', 'prometheus/api/v1/write', IntakeApi.remoteWrite, SUMMARY, { ...route, tag: 'prometheus' })
  writeBesideQueries(@Req() request: GatewayRequest, @Res({ passthrough: true }) response: Response): Promise<void> {
    return this.take(request, response);
  }

  private async take(request: GatewayRequest, response: Response): Promise<void> {
    this.mesh.permit(IntakeApi.remoteWrite, request.actor);
    const asked = { version: versionOf(request), body: request.body as Buffer };
    const reply = (await this.mesh.ask(IntakeApi.remoteWrite, asked, request)).read();
    tellWritten(response, reply);
    // A sender drops what is refused with 400, and only that: the rest is stored.
    if (reply.rejected > 0) throw new ServiceError('INVALID_ARGUMENT', summaryOf(reply), reply.errors);
  }
}

function versionOf(request: GatewayRequest): '1' | '2' {
  const { type, parameters } = contentType(request);
  const encoding = request.header('content-encoding')?.trim().toLowerCase() || 'snappy';
  if (encoding !== 'snappy') throw unsupported('the content encoding must be snappy');
  if (type !== 'application/x-protobuf') throw unsupported('send application/x-protobuf');
  const proto = parameters.get('proto') ?? 'prometheus.WriteRequest';
  if (proto === 'prometheus.WriteRequest') return '1';
  if (proto === 'io.prometheus.write.v2.Request') return '2';
  throw unsupported('proto must be prometheus.WriteRequest or io.prometheus.write.v2.Request');
}

/** Remote write 2.0 asks for these. */
function tellWritten(response: Response, { samples, histograms, exemplars }: IntakeReply): void {
  response.setHeader('X-Prometheus-Remote-Write-Samples-Written', String(samples));
  response.setHeader('X-Prometheus-Remote-Write-Histograms-Written', String(histograms));
  response.setHeader('X-Prometheus-Remote-Write-Exemplars-Written', String(exemplars));
}

function summaryOf({ rejected, errors: [first] }: IntakeReply): string {
  return `${rejected} refused, the rest is stored; first ${first?.path}: ${first?.message}`;
}

function unsupported(message: string): ServiceError {
  return new ServiceError('UNSUPPORTED_MEDIA_TYPE', message);
}
