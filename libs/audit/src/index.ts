export { AuditEventEntity, auditEntities } from './audit-event.entity.js';
export { AddAuditEvents1790000000001 } from './audit-events.migration.js';
export {
  auditInsert,
  AuditLog,
  auditOutcomes,
  digestOf,
  type AuditActor,
  type AuditOutcome,
  type AuditRecord,
  type AuditRow,
} from './audit-log.js';
export { AuditWriter } from './audit-writer.js';
export { AuditRepository } from './audit.repository.js';
export { AuditRelay, type AuditRelayOptions } from './audit-relay.js';
export { serviceAudit, type ServiceAudit } from './service-audit.js';
