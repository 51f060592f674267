import type { Capture } from '@scm/contracts';
import type { CaptureRow } from './captures.repository.js';

export function toCapture(row: CaptureRow): Capture {
  const { id, server, method, principal, keeps_secrets, max_exchanges, exchange_count } = row;
  const endedAt = row.ended_at ?? (row.until_at.getTime() < Date.now() ? row.until_at : undefined);
  return {
    id,
    ...(server !== null && { server }),
    ...(method !== null && { method }),
    ...(principal !== null && { principal }),
    keepsSecrets: keeps_secrets,
    maxExchanges: max_exchanges,
    exchanges: exchange_count,
    startedAt: row.started_at.toISOString(),
    until: row.until_at.toISOString(),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
}
