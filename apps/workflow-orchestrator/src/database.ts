import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';
import { WorkflowEntity, WorkflowVersionEntity } from './definitions/definition.entities.js';
import { ExecutionEntity, HistoryEventEntity } from './executions/execution.entities.js';
import { AddWorkflows1790000003000 } from './migrations/1790000003000-add-workflows.js';
import { IndexLists1790000007000 } from './migrations/1790000007000-index-lists.js';
import { AddSchedules1790000009400 } from './migrations/1790000009400-add-schedules.js';
import { AddAttributes1790000009500 } from './migrations/1790000009500-add-attributes.js';
import { SealPayloads1790000009300 } from './migrations/1790000009300-seal-payloads.js';
import { BlobEntity, WorkspaceKeyEntity } from './payloads/payload.entities.js';
import { ExecutionAttributeEntity } from './search/execution-attribute.entity.js';
import { ScheduleEntity } from './schedules/schedule.entity.js';
import { KeepMachineState1790000008000 } from './migrations/1790000008000-keep-machine-state.js';
import { UpdateInPlace1790000009000 } from './migrations/1790000009000-update-in-place.js';
import { QueueCalls1790000009600 } from './migrations/1790000009600-queue-calls.js';
import { AdmissionEntity, LimitKeyEntity } from './queues/admission.entities.js';

export const database: DatabaseDeclaration = {
  schema: 'workflow',
  entities: [
    WorkflowEntity,
    WorkflowVersionEntity,
    ExecutionEntity,
    HistoryEventEntity,
    WorkspaceKeyEntity,
    BlobEntity,
    ScheduleEntity,
    ExecutionAttributeEntity,
    AdmissionEntity,
    LimitKeyEntity,
    ...auditEntities,
  ],
  migrations: [
    AddBaseTables1790000000000,
    AddAuditEvents1790000000001,
    AddWorkflows1790000003000,
    AddPublishedEvents1790000006000,
    IndexLists1790000007000,
    KeepMachineState1790000008000,
    UpdateInPlace1790000009000,
    SealPayloads1790000009300,
    AddSchedules1790000009400,
    AddAttributes1790000009500,
    QueueCalls1790000009600,
  ],
};
