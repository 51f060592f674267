import { Controller } from '@nestjs/common';
import {
  WorkflowApi,
  type CreateWorkflowRequest,
  type GetWorkflowRequest,
  type ListVersionsRequest,
  type PageRequest,
  type WorkflowVersion,
  type WorkflowVersionPage,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { DefinitionService } from './definition.service.js';

@Controller()
export class DefinitionHandler {
  constructor(private readonly definitions: DefinitionService) {}

  @Rpc(WorkflowApi.create)
  create(request: CreateWorkflowRequest): Promise<WorkflowVersion> {
    return this.definitions.create(request);
  }

  @Rpc(WorkflowApi.list)
  list(request: PageRequest): Promise<WorkflowVersionPage> {
    return this.definitions.list(request);
  }

  @Rpc(WorkflowApi.get)
  get(request: GetWorkflowRequest): Promise<WorkflowVersion> {
    return this.definitions.get(request);
  }

  @Rpc(WorkflowApi.listVersions)
  listVersions(request: ListVersionsRequest): Promise<WorkflowVersionPage> {
    return this.definitions.listVersions(request);
  }
}
