import { metrics } from '@opentelemetry/api';
import { isJsonObject, metaKeys, type JsonObject, type JsonRpcRequest, type ProtocolRevision } from '@scm/mcp-messages';

const declared = metrics.getMeter('@scm/mcp-protocol').createCounter('scm.mcp.client.capabilities', {
  description: 'What clients say they can do, when they open a session or discover the server',
  unit: '{client}',
});

/** Others are what clients make up. */
const known = ['elicitation', 'sampling', 'roots', 'tasks', 'extensions'];

/** Counts what a client declares with the request that its work begins with. */
export function countCapabilities({ method, params = {} }: JsonRpcRequest, revision: ProtocolRevision): void {
  const capabilities = declaredIn(method, params);
  if (!isJsonObject(capabilities)) return;
  for (const capability of known.filter((name) => capabilities[name] !== undefined))
    declared.add(1, { capability, 'mcp.protocol.version': revision });
}

function declaredIn(method: string, { capabilities, _meta }: JsonObject): unknown {
  if (method === 'initialize') return capabilities;
  return method === 'server/discover' && isJsonObject(_meta) ? _meta[metaKeys.clientCapabilities] : undefined;
}
