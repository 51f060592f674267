import { Injectable } from '@nestjs/common';
import { PageRequest, WorkflowApi } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import type { Tool } from './tool.js';

@Injectable()
export class ListWorkflowsTool implements Tool<PageRequest> {
  readonly name = 'list_workflows';
  readonly title = 'List workflows';
  readonly description = 'Lists the workflows that can be run, each with its newest version, title and summary.';
  readonly input = PageRequest;
  readonly access = 'workflows:read';
  readonly annotations = { readOnlyHint: true };

  constructor(private readonly messaging: MessagingClient) {}

  async run(input: PageRequest): Promise<object> {
    return this.messaging.request(WorkflowApi.list, input);
  }
}
