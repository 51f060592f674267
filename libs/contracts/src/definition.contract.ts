import { rpc } from './define.js';
import { Id, Instant, JsonObject, JsonValue, ListOf, Name, Nested, Text } from './fields.js';
import { PageRequest } from './page.js';
import { Schedule } from './schedule.contract.js';

/** An Open Workflow Specification document: its YAML or JSON text, or the parsed object. */
export class CreateWorkflowRequest {
  @JsonValue({ description: 'The document as YAML or JSON text, or as an object' }) document: unknown;
}

export class WorkflowVersion {
  @Name() name: string;
  @Text({ max: 64 }) version: string;
  @Text({ max: 256, optional: true }) title?: string;
  @Text({ max: 4_096, optional: true }) summary?: string;
  /** SHA-256 of the canonical document, hex. */
  @Text({ max: 64 }) digest: string;
  @Instant() createdAt: string;
  @JsonObject({ optional: true }) document?: Record<string, unknown>;
  /** Of the workflow, shown with its document; as it was when the answer was first kept. */
  @Nested(() => Schedule, { optional: true }) schedule?: Schedule;
}

export class WorkflowVersionPage {
  @ListOf(() => WorkflowVersion) items: WorkflowVersion[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class GetWorkflowRequest {
  @Name() name: string;
  /** Without it the newest. */
  @Text({ max: 64, optional: true }) version?: string;
}

export class ListVersionsRequest extends PageRequest {
  @Name() name: string;
}

/** A new version of a workflow, which is its newest now. */
export class VersionCreated {
  @Id() workspaceId: string;
  @Name() workflow: string;
  @Text({ max: 64 }) version: string;
}

const service = 'workflow-orchestrator';

export const WorkflowApi = {
  create: rpc('workflow.v1.create', CreateWorkflowRequest, WorkflowVersion, {
    service,
    access: 'workflows:write',
    changes: true,
    cache: 'workflows',
  }),
  list: rpc('workflow.v1.list', PageRequest, WorkflowVersionPage, {
    service,
    access: 'workflows:read',
    changes: false,
    cache: 'workflows',
  }),
  get: rpc('workflow.v1.get', GetWorkflowRequest, WorkflowVersion, {
    service,
    access: 'workflows:read',
    changes: false,
    cache: 'workflows',
  }),
  listVersions: rpc('workflow.v1.list-versions', ListVersionsRequest, WorkflowVersionPage, {
    service,
    access: 'workflows:read',
    changes: false,
    cache: 'workflows',
  }),
};
