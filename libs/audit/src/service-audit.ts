import {
  DEFAULT_WORKSPACE_ID,
  type Actor,
  type AuditEntry,
  type CallContract,
  type ServiceError,
  type ServiceName,
} from '@scm/contracts';
import type { Database } from '@scm/database';
import { AuditLog } from './audit-log.js';
import { AuditRelay } from './audit-relay.js';
import { AuditRepository } from './audit.repository.js';

/** What a service with a database does about its audit. */
export interface ServiceAudit {
  relay: AuditRelay;
  /** Puts a refused call on record; one whose caller is unknown stands in the default workspace. */
  recordDenial: (denial: { contract: CallContract; actor?: Actor; error: ServiceError }) => Promise<void>;
}

/** Made once for each service: its relay to auth and its record of denials. */
export function serviceAudit(
  service: ServiceName,
  database: Database,
  send: (entries: AuditEntry[]) => Promise<void>,
  onError: (error: unknown) => void,
): ServiceAudit {
  const log = new AuditLog();
  return {
    relay: new AuditRelay(new AuditRepository(database, service), { send, onError }),
    recordDenial: async ({ contract, actor, error }) => {
      const who = actor ?? { kind: 'anonymous', id: '-', name: '-', workspaceId: DEFAULT_WORKSPACE_ID };
      await database.inWorkspace(who.workspaceId, (tx) =>
        log.record(tx, {
          actor: who,
          action: contract.access,
          outcome: 'denied',
          reason: error.message,
          resourceType: 'rpc',
          resourceId: contract.subject,
        }),
      );
    },
  };
}
