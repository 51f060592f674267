import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';
import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { AuditRecordEntity } from './audit/audit-record.entity.js';
import { MembershipEntity, UserEntity, WorkspaceEntity } from './identity/identity.entities.js';
import { AddIdentity1790000001000 } from './migrations/1790000001000-add-identity.js';
import { IndexLists1790000009000 } from './migrations/1790000009000-index-lists.js';
import { RefreshTokenEntity, SessionEntity } from './sessions/session.entities.js';
import { SigningKeyEntity } from './signing-keys/signing-key.entity.js';

export const database: DatabaseDeclaration = {
  schema: 'auth',
  entities: [
    UserEntity,
    WorkspaceEntity,
    MembershipEntity,
    SessionEntity,
    RefreshTokenEntity,
    ApiKeyEntity,
    SigningKeyEntity,
    AuditRecordEntity,
    ...auditEntities,
  ],
  migrations: [
    AddBaseTables1790000000000,
    AddAuditEvents1790000000001,
    AddIdentity1790000001000,
    AddPublishedEvents1790000006000,
    IndexLists1790000009000,
  ],
  // A person may belong to several workspaces, and keys sign for all of them.
  withoutWorkspace: ['users', 'workspaces', 'signing_keys'],
};
