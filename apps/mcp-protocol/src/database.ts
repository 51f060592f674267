import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';

/** The protocol itself keeps nothing: any replica answers any message. What it does is on record. */
export const database: DatabaseDeclaration = {
  schema: 'mcp',
  entities: [...auditEntities],
  migrations: [AddBaseTables1790000000000, AddAuditEvents1790000000001, AddPublishedEvents1790000006000],
};
