import { Injectable } from '@nestjs/common';
import { Nothing } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { Policy } from '@scm/policy';
import type { Tool } from './tool.js';

@Injectable()
export class WhoAmITool implements Tool<Nothing> {
  readonly name = 'who_am_i';
  readonly title = 'Who am I';
  readonly description = 'Tells as whom you call, in which workspace, and what you may do there.';
  readonly input = Nothing;
  readonly access = 'mcp:use';
  readonly annotations = { readOnlyHint: true, idempotentHint: true };

  constructor(private readonly policy: Policy) {}

  async run(): Promise<object> {
    const actor = currentActor();
    const { kind, id, name, workspaceId, role } = actor;
    return { kind, id, name, workspaceId, role, permissions: this.policy.permissionsOf(actor) };
  }
}
