import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';
import { AddUpstreams1790000009000 } from './migrations/1790000009000-add-upstreams.js';
import { UpstreamEntity, VirtualServerEntity } from './upstreams/upstream.entities.js';

/** The protocol itself keeps nothing: any replica answers any message. What it does is on record. */
export const database: DatabaseDeclaration = {
  schema: 'mcp',
  entities: [UpstreamEntity, VirtualServerEntity, ...auditEntities],
  migrations: [
    AddBaseTables1790000000000,
    AddAuditEvents1790000000001,
    AddPublishedEvents1790000006000,
    AddUpstreams1790000009000,
  ],
};
