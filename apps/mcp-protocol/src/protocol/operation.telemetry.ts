import { metrics } from '@opentelemetry/api';
import { isJsonObject, methods, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { ExchangeFacts } from '../captures/recorder.js';

import { inClientTrace } from './trace-context.js';
import { countCapabilities } from './capability.telemetry.js';

/** As the semantic conventions of OpenTelemetry name it. */
const duration = metrics.getMeter('@scm/mcp-protocol').createHistogram('mcp.server.operation.duration', {
  description: 'How long requests of clients take',
  unit: 's',
  advice: {
    explicitBucketBoundaries: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300],
  },
});

/** Measures one request by method, revision, transport and error, in the trace that its client names. */
export async function measureOperation(facts: ExchangeFacts, work: () => Promise<JsonObject>): Promise<JsonObject> {
  const { request, revision } = facts;
  countCapabilities(request, revision);
  const startedAt = performance.now();
  const ended = (error?: string) =>
    duration.record((performance.now() - startedAt) / 1_000, {
      'mcp.method.name': Object.hasOwn(methods, request.method) ? request.method : '_OTHER',
      'mcp.protocol.version': revision,
      'scm.mcp.transport': facts.transport,
      ...(error !== undefined && { 'error.type': error }),
    });
  try {
    const response = await inClientTrace(request, work);
    ended(errorOf(response));
    return response;
  } catch (error) {
    ended(error instanceof ProtocolError ? String(error.code) : '_OTHER');
    throw error;
  }
}

function errorOf({ error, result }: JsonObject): string | undefined {
  if (isJsonObject(error)) return String(error['code']);
  return isJsonObject(result) && result['isError'] === true ? 'tool_error' : undefined;
}
