import type { FetchLike } from '@modelcontextprotocol/client';
import { ServiceError } from '@scm/contracts';
import { errorCodes, isJsonObject, latestRevision, metaKeys, ProtocolError } from '@scm/mcp-messages';
import { Connection } from './connection.js';
import { transportTo } from './transports.js';
import { CredentialsRefused, NotSpoken, SessionLost } from './upstream-fault.js';
import type { UpstreamTarget } from './upstream-target.js';

export type Era = 'modern' | 'legacy';

const HTTP_WAIT_MS = 10_000;
// An older server may keep silent about what comes before `initialize`.
const STDIO_WAIT_MS = 3_000;

const params = {
  _meta: {
    [metaKeys.protocolVersion]: latestRevision,
    [metaKeys.clientCapabilities]: {},
    [metaKeys.clientInfo]: { name: 'system-context-monitor', version: '1' },
  },
};

/** Finds out what an upstream speaks. Throws ServiceError when it cannot be told, as without the right credentials. */
export async function probeEra(target: UpstreamTarget, fetch: FetchLike): Promise<Era> {
  if (target.transport === 'sse') return 'legacy';
  const connection = await Connection.open(transportTo(target, fetch));
  const signal = AbortSignal.timeout(target.transport === 'stdio' ? STDIO_WAIT_MS : HTTP_WAIT_MS);
  try {
    const { supportedVersions } = await connection.request({ method: 'server/discover', params, signal });
    return Array.isArray(supportedVersions) && supportedVersions.includes(latestRevision) ? 'modern' : 'legacy';
  } catch (error) {
    return verdictOf(error, target);
  } finally {
    await connection.close();
  }
}

function verdictOf(error: unknown, { transport }: UpstreamTarget): Era {
  if (error instanceof CredentialsRefused) throw error;
  // An older server knows no such code, whatever it refuses.
  if (error instanceof ProtocolError && offersLatest(error)) return 'modern';
  if (error instanceof ProtocolError || error instanceof SessionLost) return 'legacy';
  if (error instanceof NotSpoken && error.status < 500) return 'legacy';
  // A child that ends or keeps silent does not know the request; a server that cannot be reached says nothing.
  if (transport === 'stdio') return 'legacy';
  if (error instanceof ServiceError) throw error;
  throw new ServiceError('UNAVAILABLE', 'the upstream did not answer in time', undefined, { cause: error });
}

function offersLatest({ code, data }: ProtocolError): boolean {
  const supported = isJsonObject(data) ? data['supported'] : undefined;
  return (
    code === errorCodes.unsupportedProtocolVersion && Array.isArray(supported) && supported.includes(latestRevision)
  );
}
