import { Injectable } from '@nestjs/common';
import { ServiceError, type UpstreamHealth } from '@scm/contracts';
import { latestRevision, metaKeys, ProtocolError } from '@scm/mcp-messages';
import { currentActor, currentCall } from '@scm/messaging';
import type { Exchange } from '../protocol/exchange.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { UpstreamPool } from './upstream-pool.js';

const MAX_REASON = 1_024;

/** Asks an upstream now what it is, whatever became of earlier calls. */
@Injectable()
export class UpstreamHealthCheck {
  constructor(
    private readonly upstreams: UpstreamsService,
    private readonly pool: UpstreamPool,
  ) {}

  async check(id: string): Promise<UpstreamHealth> {
    const row = await this.upstreams.row(id);
    const startedAt = performance.now();
    const checkedAt = new Date().toISOString();
    try {
      const { connector, guarded } = this.pool.get(row);
      const { circuit } = guarded;
      try {
        const era = await connector.check(discovery());
        const tookMs = Math.round(performance.now() - startedAt);
        return { id, healthy: true, ...(era && { era }), tookMs, circuit, checkedAt };
      } catch (error) {
        return { id, healthy: false, circuit, reason: reasonOf(error), checkedAt };
      }
    } catch (error) {
      return { id, healthy: false, circuit: 'open', reason: reasonOf(error), checkedAt };
    }
  }
}

/** Asks, as the product itself, what a server is. */
export function discovery(): Exchange {
  const _meta = {
    [metaKeys.protocolVersion]: latestRevision,
    [metaKeys.clientCapabilities]: {},
    [metaKeys.clientInfo]: { name: 'system-context-monitor', version: '1' },
  };
  const signal = currentCall()?.signal ?? AbortSignal.timeout(20_000);
  return { method: 'server/discover', params: { _meta }, actor: currentActor(), signal, notify: () => {} };
}

/** Bugs go on to the boundary. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceError || error instanceof ProtocolError) return error.message.slice(0, MAX_REASON);
  throw error;
}
