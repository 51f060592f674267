import { randomUUID } from 'node:crypto';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { NextFunction, Response } from 'express';
import type { GatewayRequest } from './request.js';

const tracer = trace.getTracer('@scm/gateway');
const SANE_ID = /^[\w.-]{1,64}$/;

/** Gives each request its id and its span; everything it causes belongs to that trace. */
export function tracing(request: GatewayRequest, response: Response, next: NextFunction): void {
  const given = request.header('x-request-id');
  request.requestId = given && SANE_ID.test(given) ? given : randomUUID();
  const parent = propagation.extract(ROOT_CONTEXT, request.headers);
  const attributes = { 'http.request.method': request.method, 'url.path': request.path };
  const span = tracer.startSpan(`HTTP ${request.method}`, { kind: SpanKind.SERVER, attributes }, parent);
  response.setHeader('X-Request-Id', request.requestId);
  response.setHeader('Scm-Trace-Id', span.spanContext().traceId);
  response.once('close', () => {
    span.setAttribute('http.response.status_code', response.statusCode);
    const { path } = (request.route as { path?: string } | undefined) ?? {};
    if (path) span.updateName(`HTTP ${request.method} ${path}`).setAttribute('http.route', path);
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
}
