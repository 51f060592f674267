import { metrics } from '@opentelemetry/api';
import { ServiceError } from '@scm/contracts';
import { ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';

/** As the semantic conventions of OpenTelemetry name it. */
const duration = metrics.getMeter('@scm/mcp-protocol').createHistogram('mcp.client.operation.duration', {
  description: 'How long requests to upstreams take',
  unit: 's',
});

const label = boundedLabel(100);

/** Measures one request to an upstream by method, the upstream's transport, and error. */
export async function measureUpstream(
  { method }: Exchange,
  upstream: { name: string; transport: string },
  work: () => Promise<JsonObject>,
): Promise<JsonObject> {
  const startedAt = performance.now();
  const about = {
    'mcp.method.name': method,
    'scm.mcp.upstream': label(upstream.name),
    'scm.mcp.transport': upstream.transport,
  };
  const ended = (error: object = {}) =>
    duration.record((performance.now() - startedAt) / 1_000, { ...about, ...error });
  try {
    const result = await work();
    ended(result['isError'] === true ? { 'error.type': 'tool_error' } : {});
    return result;
  } catch (error) {
    ended({ 'error.type': typeOf(error) });
    throw error;
  }
}

function typeOf(error: unknown): string {
  if (error instanceof ProtocolError) return String(error.code);
  return error instanceof ServiceError ? error.code : '_OTHER';
}
