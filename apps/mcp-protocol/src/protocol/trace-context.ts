import { context, propagation, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api';
import { isJsonObject, type JsonObject, type JsonRpcRequest } from '@scm/mcp-messages';

const tracer = trace.getTracer('@scm/mcp-protocol');

/**
 * Runs `work` in the trace that the request's `_meta` names. Where HTTP brought the same one, its span is nearer; where it
 * brought another, that is linked: https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
 */
export async function inClientTrace<T>({ method, params = {} }: JsonRpcRequest, work: () => Promise<T>): Promise<T> {
  const named = trace.getSpanContext(propagation.extract(context.active(), textsOf(params['_meta'])));
  const here = trace.getActiveSpan()?.spanContext();
  if (!named || named.traceId === here?.traceId) return work();
  const parent = trace.setSpanContext(context.active(), named);
  return asSpan(method, { kind: SpanKind.SERVER, links: here ? [{ context: here }] : [] }, parent, work);
}

/** Runs `work` as a request to an upstream. */
export async function asUpstreamSpan<T>(method: string, upstream: string, work: () => Promise<T>): Promise<T> {
  const attributes = { 'mcp.method.name': method, 'scm.mcp.upstream': upstream };
  return asSpan(`${method} ${upstream}`, { kind: SpanKind.CLIENT, attributes }, context.active(), work);
}

/** The params with the current trace in their `_meta`, in place of the one they came with. */
export function withTrace(params: JsonObject): JsonObject {
  const carrier: JsonObject = {};
  propagation.inject(context.active(), carrier);
  if (carrier['traceparent'] === undefined) return params;
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  const { tracestate: _, ...rest } = meta;
  return { ...params, _meta: { ...rest, ...carrier } };
}

async function asSpan<T>(
  name: string,
  options: Parameters<typeof tracer.startSpan>[1] & object,
  parent: Context,
  work: () => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, options, parent, async (span: Span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

function textsOf(meta: unknown): Record<string, string> {
  if (!isJsonObject(meta)) return {};
  const { traceparent, tracestate } = meta;
  return {
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(typeof tracestate === 'string' && { tracestate }),
  };
}
