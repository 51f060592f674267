import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';
import { CaptureEntity, CapturedExchangeEntity } from './captures/capture.entities.js';
import { AuthorizationRequestEntity, UpstreamAuthorizationEntity } from './authorization/authorization.entities.js';
import { UpstreamOwnerEntity } from './federation/child-owner.entity.js';
import { AddRestApis1790000011000 } from './migrations/1790000011000-add-rest-apis.js';
import { AddUpstreamOwners1790000009800 } from './migrations/1790000009800-add-upstream-owners.js';
import { AddTasks1790000010000 } from './migrations/1790000010000-add-tasks.js';
import { AddUpstreamAuthorizations1790000012000 } from './migrations/1790000012000-add-upstream-authorizations.js';
import { AddUpstreams1790000009000 } from './migrations/1790000009000-add-upstreams.js';
import { AddCaptures1790000013000 } from './migrations/1790000013000-add-captures.js';
import { UpstreamEntity, VirtualServerEntity } from './upstreams/upstream.entities.js';
import { AddSessions1790000009700 } from './migrations/1790000009700-add-sessions.js';
import { UsedStateEntity } from './protocol/used-state.entity.js';
import { SessionEntity } from './sessions/session.entity.js';
import { TaskEntity } from './tasks/task.entity.js';

/** All that replicas share: any of them answers any message. */
export const database: DatabaseDeclaration = {
  schema: 'mcp',
  entities: [
    SessionEntity,
    UsedStateEntity,
    TaskEntity,
    UpstreamEntity,
    UpstreamOwnerEntity,
    UpstreamAuthorizationEntity,
    AuthorizationRequestEntity,
    VirtualServerEntity,
    CaptureEntity,
    CapturedExchangeEntity,
    ...auditEntities,
  ],
  migrations: [
    AddBaseTables1790000000000,
    AddAuditEvents1790000000001,
    AddPublishedEvents1790000006000,
    AddUpstreams1790000009000,
    AddSessions1790000009700,
    AddUpstreamOwners1790000009800,
    AddTasks1790000010000,
    AddRestApis1790000011000,
    AddCaptures1790000013000,
    AddUpstreamAuthorizations1790000012000,
  ],
};
