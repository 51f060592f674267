import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { IntakeApi, ServiceError, type IntakeReply, type OtlpRequest } from '@scm/contracts';
import { Route } from '../access/route.decorator.js';
import { UTF8 } from '../http/body.middleware.js';
import type { GatewayRequest } from '../http/request.js';
import { Mesh } from '../mesh/mesh.js';
import { contentType } from './content-type.js';
import { jsonResponse, protobufResponse } from './otlp.response.js';

const route = { tag: 'otlp', answer: {} };
const SUMMARY = 'OTLP metrics, protobuf or JSON, plain or gzip; answered when the data points are durable';

/** Metrics as OpenTelemetry SDKs and collectors send them. */
@Controller()
export class OtlpController {
  constructor(private readonly mesh: Mesh) {}

  @Route('POST', 'otlp/v1/metrics', IntakeApi.otlp, SUMMARY, route)
  export(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.take(request, response);
  }

  /** Where Prometheus has it. */
  @Route('POST', 'prometheus/api/v1/otlp/v1/metrics', IntakeApi.otlp, SUMMARY, route)
  exportBesideQueries(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.take(request, response);
  }

  private async take(request: GatewayRequest, response: Response): Promise<void> {
    this.mesh.permit(IntakeApi.otlp, request.actor);
    const asked = requestOf(request);
    const reply = (await this.mesh.ask(IntakeApi.otlp, asked, request)).read();
    const partial = { rejected: reply.rejected, message: messageOf(reply) };
    if (asked.encoding === 'json') response.type('application/json').end(jsonResponse(partial));
    else response.type('application/x-protobuf').end(protobufResponse(partial));
  }
}

function requestOf(request: GatewayRequest): OtlpRequest {
  const { type } = contentType(request);
  const encoding = type === 'application/json' ? 'json' : 'protobuf';
  if (encoding === 'protobuf' && type !== 'application/x-protobuf') {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send application/x-protobuf or application/json');
  }
  if (!UTF8.test(request.header('content-type') ?? '')) throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'send UTF-8');
  const compression = request.header('content-encoding')?.trim().toLowerCase() || 'identity';
  if (compression !== 'identity' && compression !== 'gzip') {
    throw new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'the content encoding must be gzip, or none');
  }
  return { encoding, compression, body: request.body as Buffer };
}

function messageOf({ errors, warnings }: IntakeReply): string {
  return [...errors.map(({ path, message }) => `${path}: ${message}`), ...warnings].join('; ');
}
