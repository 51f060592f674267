import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { Response } from 'express';
import { errorTable, ServiceError, type ErrorCode } from '@scm/contracts';
import type { GatewayRequest } from './request.js';

const byStatus: Record<number, ErrorCode> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

/** Every failure leaves as RFC 9457 problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<GatewayRequest>(), http.getResponse<Response>());
  }

  answer(error: unknown, request: GatewayRequest, response: Response): void {
    const failure = toServiceError(error);
    if (failure.code === 'INTERNAL')
      this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, title } = errorTable[failure.code];
    if (failure.code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer realm="scm"');
    setRetryAfter(failure, response);
    response
      .status(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `urn:scm:error:${failure.code}`,
          title,
          status,
          detail: failure.message,
          code: failure.code,
          instance: request.originalUrl.split('?')[0],
          requestId: request.requestId,
          traceId: trace.getActiveSpan()?.spanContext().traceId ?? response.getHeader('Scm-Trace-Id'),
          ...(failure.details && { errors: failure.details }),
        }),
      );
  }
}

/** Says when to come again, where that makes sense. */
export function setRetryAfter({ code, retryAfterMs = 1_000 }: ServiceError, response: Response): void {
  const { retryable, status } = errorTable[code];
  if (!retryable || status === 500) return;
  response.setHeader('Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const status = error instanceof HttpException ? error.getStatus() : httpStatusOf(error);
  const code = status === undefined ? undefined : (byStatus[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : undefined));
  const message = error instanceof Error ? error.message : String(error);
  return code
    ? new ServiceError(code, message, undefined, { cause: error })
    : new ServiceError('INTERNAL', 'internal error');
}

/** Express's body readers and router say with `status` that the client is at fault. */
function httpStatusOf(error: unknown): number | undefined {
  const { status, expose } = (error ?? {}) as { status?: number; expose?: boolean };
  return typeof status === 'number' && (expose || status < 500) ? status : undefined;
}
