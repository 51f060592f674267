import { Controller } from '@nestjs/common';
import { WorkflowApi, type WorkflowVersion, type WorkflowVersionPage } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1/workflows')
export class WorkflowsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', '', WorkflowApi.list, 'List workflows, each in its newest version')
  list(@Call() call: HttpCall): Promise<JsonText<WorkflowVersionPage>> {
    return this.mesh.forward(WorkflowApi.list, call);
  }

  @Route('POST', '', WorkflowApi.create, 'Store a version of a workflow: an Open Workflow Specification document', {
    status: 201,
  })
  create(@Call() call: HttpCall): Promise<JsonText<WorkflowVersion>> {
    return this.mesh.forward(WorkflowApi.create, call);
  }

  @Route('GET', ':name', WorkflowApi.get, 'Show a workflow with its document')
  get(@Call() call: HttpCall): Promise<JsonText<WorkflowVersion>> {
    return this.mesh.forward(WorkflowApi.get, call);
  }

  @Route('GET', ':name/versions', WorkflowApi.listVersions, 'List the versions of a workflow')
  listVersions(@Call() call: HttpCall): Promise<JsonText<WorkflowVersionPage>> {
    return this.mesh.forward(WorkflowApi.listVersions, call);
  }

  @Route('GET', ':name/versions/:version', WorkflowApi.get, 'Show one version with its document')
  getVersion(@Call() call: HttpCall): Promise<JsonText<WorkflowVersion>> {
    return this.mesh.forward(WorkflowApi.get, call);
  }
}
