import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SecretBox } from '@scm/service';
import { OrchestratorConfig } from '../orchestrator.config.js';
import { WorkspaceKeyRepository } from './workspace-key.repository.js';

/** What seals the data of a workspace: a key of its own, made when it is first needed. */
@Injectable()
export class WorkspaceKeys {
  private readonly boxes = new LRUCache<string, Promise<SecretBox>>({ max: 10_000 });
  private readonly wrapping: SecretBox;

  constructor(
    private readonly repository: WorkspaceKeyRepository,
    config: OrchestratorConfig,
  ) {
    this.wrapping = new SecretBox(config.encryptionKey);
  }

  async boxOf(workspaceId: string): Promise<SecretBox> {
    const known = this.boxes.get(workspaceId);
    if (known) return known;
    const box = this.read(workspaceId);
    this.boxes.set(workspaceId, box);
    box.catch(() => this.boxes.delete(workspaceId));
    return box;
  }

  private async read(workspaceId: string): Promise<SecretBox> {
    const place = `workspace_keys/${workspaceId}`;
    const proposed = this.wrapping.seal(randomBytes(32).toString('base64url'), place);
    const wrapped = await this.repository.keep(workspaceId, proposed);
    return new SecretBox(this.wrapping.open(wrapped, place));
  }
}
