import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { errorTable, ServiceError } from '@scm/contracts';
import type { GatewayRequest } from '../http/request.js';
import { ProblemFilter, setRetryAfter } from '../http/problem.filter.js';

const types: Partial<Record<ServiceError['code'], string>> = {
  INVALID_ARGUMENT: 'bad_data',
  NOT_FOUND: 'not_found',
  FAILED_PRECONDITION: 'execution',
  DEADLINE_EXCEEDED: 'timeout',
  UNAVAILABLE: 'unavailable',
  RESOURCE_EXHAUSTED: 'too_many_requests',
};

/** A query that cannot be answered is not repeated by clients that know Prometheus's status for it. */
const EXECUTION_STATUS = 422;

/** Prometheus's own error shape; access failures stay problem details, as everywhere. */
@Catch(ServiceError)
export class PrometheusErrorFilter implements ExceptionFilter {
  private readonly problems = new ProblemFilter();

  catch(error: ServiceError, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<GatewayRequest>();
    const response = host.switchToHttp().getResponse<Response>();
    const errorType = types[error.code];
    if (!errorType) {
      this.problems.answer(error, request, response);
      return;
    }
    setRetryAfter(error, response);
    const { requestId } = request;
    const traceId = response.getHeader('Scm-Trace-Id');
    response
      .status(errorType === 'execution' ? EXECUTION_STATUS : errorTable[error.code].status)
      .json({ status: 'error', errorType, error: error.message, requestId, traceId });
  }
}
