import { isJsonObject, type JsonObject, type ProtocolRevision } from '@scm/mcp-messages';
import type { PluginCaller } from './host-functions.js';
import type { MessageHooks } from './message-hooks.js';

/** What a client is told before its answer, in its order: notifications as plugins leave them. One that is refused is not sent. */
export class HookedSending {
  private last?: Promise<void>;

  constructor(
    private readonly hooks: MessageHooks,
    private readonly revision: ProtocolRevision,
    private readonly by: PluginCaller,
    private readonly deliver: (message: JsonObject) => void,
  ) {}

  send(message: JsonObject): void {
    const { method, params, id } = message;
    const at = { method: String(method), revision: this.revision, direction: 'toClient' } as const;
    const hook = id === undefined ? this.hooks.find({ ...at, stage: 'afterTranslation' }) : undefined;
    if (!hook && !this.last) return this.deliver(message);
    const deliver = async () => {
      if (!hook) return this.deliver(message);
      this.deliver({ ...message, params: await hook(isJsonObject(params) ? params : {}, this.by) });
    };
    // What went wrong is logged and counted where the plugin ran; there is nobody to answer.
    this.last = (this.last ?? Promise.resolve()).then(deliver).catch(() => {});
  }

  /** Settles when all of it is sent. */
  async settled(): Promise<void> {
    await this.last;
  }
}
