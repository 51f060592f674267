import {
  errorCodes,
  findMissingCapability,
  isJsonObject,
  metaKeys,
  neededCapabilities,
  ProtocolError,
  type ClientCapabilities,
  type JsonObject,
  type NeededCapability,
} from '@scm/mcp-messages';
import type { Exchange } from './exchange.js';

/** One question to the client, in the canonical form. */
export interface InputRequest {
  method: string;
  params?: JsonObject;
}

export function inputRequestsOf(result: JsonObject): [string, InputRequest][] {
  const requests = isJsonObject(result['inputRequests']) ? result['inputRequests'] : {};
  return Object.entries(requests) as [string, unknown][] as [string, InputRequest][];
}

/** Throws ProtocolError -32021 when the result asks what the client did not declare that it can answer. */
export function assertMayBeAsked({ params }: Exchange, result: JsonObject): void {
  const meta = params['_meta'] as JsonObject;
  const client = (meta[metaKeys.clientCapabilities] ?? {}) as ClientCapabilities;
  for (const [, request] of inputRequestsOf(result)) {
    const missing = missingFor(request, client);
    if (missing) {
      const data = { requiredCapabilities: nested(missing.path.split('.')) };
      const message = `The client cannot be asked ${request.method}`;
      throw new ProtocolError(errorCodes.missingRequiredClientCapability, message, data);
    }
  }
}

/** What the client would have had to declare to be asked this. */
export function missingFor(request: InputRequest, client: ClientCapabilities): NeededCapability | undefined {
  const needed = neededCapabilities('2025-11-25', 'server', request);
  return findMissingCapability(needed, { client, server: {} });
}

function nested([first = '', ...rest]: string[]): JsonObject {
  return { [first]: rest.length > 0 ? nested(rest) : {} };
}
