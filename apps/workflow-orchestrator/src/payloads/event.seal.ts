import { Injectable } from '@nestjs/common';
import type { OwedEvent } from '@scm/database';
import { contentOf, envelopeOf } from './envelope.js';
import { WorkspaceKeys } from './workspace-keys.js';

/** Events that are owed hold people's values too: they are sealed until they are published. */
@Injectable()
export class EventSeal {
  constructor(private readonly keys: WorkspaceKeys) {}

  async seal(workspaceId: string, id: string, payload: object): Promise<string> {
    return envelopeOf(await this.keys.boxOf(workspaceId), JSON.stringify(payload), placeOf(id));
  }

  async open({ workspace_id, id, payload }: OwedEvent): Promise<object> {
    return contentOf<object>(await this.keys.boxOf(workspace_id), payload, placeOf(id));
  }
}

function placeOf(id: string): string {
  return `event_outbox/${id}`;
}
