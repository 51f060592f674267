import { metrics } from '@opentelemetry/api';
import { ServiceError } from '@scm/contracts';
import { boundedLabel } from '@scm/service';
import { ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import { asUpstreamSpan, withTrace } from '../protocol/trace-context.js';
import { withParams } from './member.js';

/** As the semantic conventions of OpenTelemetry name it. */
const duration = metrics.getMeter('@scm/mcp-protocol').createHistogram('mcp.client.operation.duration', {
  description: 'How long requests to upstreams take',
  unit: 's',
});

const label = boundedLabel(100);

/** Measures one request to an upstream by method, the upstream's transport, and error; the upstream is told its span. */
export async function observeUpstream(
  exchange: Exchange,
  upstream: { name: string; transport: string },
  work: (exchange: Exchange) => Promise<JsonObject>,
): Promise<JsonObject> {
  const { method, params } = exchange;
  const startedAt = performance.now();
  const about = {
    'mcp.method.name': method,
    'scm.mcp.upstream': label(upstream.name),
    'scm.mcp.transport': upstream.transport,
  };
  const ended = (error: object = {}) =>
    duration.record((performance.now() - startedAt) / 1_000, { ...about, ...error });
  try {
    const result = await asUpstreamSpan(method, upstream.name, () => work(withParams(exchange, withTrace(params))));
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
