import { Injectable } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import {
  findResultFault,
  isJsonObject,
  judgeNotification,
  judgeRequest,
  latestRevision,
  type Fault,
  type JsonObject,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { ExtensionRegistry } from './extension.registry.js';
import { HostFunctions, type PluginCaller } from './host-functions.js';
import type { Plugin } from './plugin.js';
import type { HookDirection, HookStage } from './plugin-manifest.js';
import { shownCaller } from './shown-caller.js';

/** Where a message is on its way: between a client or an upstream, of `revision`, and the canonical form. */
export interface HookPoint {
  stage: HookStage;
  direction: HookDirection;
  method: string;
  revision: ProtocolRevision;
}

/** Gives the parameters of a request, or a result, as plugins leave them. Throws ServiceError where one that must not fail does. */
export type Hook = (value: JsonObject, caller: PluginCaller) => Promise<JsonObject>;

/** What plugins see of messages on their way, and may change. */
@Injectable()
export class MessageHooks {
  constructor(
    private readonly registry: ExtensionRegistry,
    private readonly host: HostFunctions,
  ) {}

  /** There is no plugin at all. */
  get areNone(): boolean {
    return this.registry.plugins.length === 0;
  }

  /** Undefined where no plugin waits for such messages: then nothing has to be awaited. */
  find(point: HookPoint): Hook | undefined {
    if (this.areNone) return undefined;
    const plugins = this.registry.plugins.filter(({ extension }) => isMeant(extension, point));
    if (plugins.length === 0) return undefined;
    return async (value, caller) => {
      let current = value;
      for (const plugin of plugins) current = await this.pass(plugin, point, current, caller);
      return current;
    };
  }

  /** The same where nothing is translated: what precedes a translation is followed by what comes after it. */
  findBoth(point: Omit<HookPoint, 'stage'>): Hook | undefined {
    const before = this.find({ ...point, stage: 'beforeTranslation' });
    const after = this.find({ ...point, stage: 'afterTranslation' });
    if (!before || !after) return before ?? after;
    return async (value, caller) => after(await before(value, caller), caller);
  }

  private async pass(plugin: Plugin, point: HookPoint, value: JsonObject, caller: PluginCaller): Promise<JsonObject> {
    const { extension } = plugin;
    const { stage, ...at } = point;
    try {
      const context = { ...at, ...shownCaller(caller) };
      const given = await plugin.run('hooks', stage, [value, context], this.host.for(extension, caller));
      if (given === null) return value;
      const fault = isJsonObject(given) ? this.faultOf(point, given) : 'is no object';
      if (fault) throw plugin.failure('hooks', stage, 'invalid', fault);
      return given as JsonObject;
    } catch (error) {
      if (error instanceof ServiceError && extension.onFailure === 'skip') return value;
      throw error;
    }
  }

  /** A message stays one of its revision, whatever a plugin does with it. */
  private faultOf({ stage, direction, method, revision }: HookPoint, value: JsonObject): string | undefined {
    const isComing = direction === 'fromClient' || direction === 'fromUpstream';
    const spoken = isComing === (stage === 'afterTranslation') ? latestRevision : revision;
    const extensions = this.registry.modelsFor(spoken);
    if (method.startsWith('notifications/'))
      return wordsOf(judgeNotification(spoken, 'server', { jsonrpc: '2.0', method, params: value }, extensions));
    const fault =
      direction === 'fromClient' || direction === 'toUpstream'
        ? judgeRequest(spoken, 'client', { jsonrpc: '2.0', id: 0, method, params: value }, extensions)
        : findResultFault(spoken, method, value, { extensions, isTask: isJsonObject(value['task']) });
    return wordsOf(fault);
  }
}

function wordsOf(fault: Fault | undefined): string | undefined {
  return fault && `${fault.pointer} ${fault.message}`;
}

function isMeant(
  { revisions, hooks }: Plugin['extension'],
  { stage, direction, method, revision }: HookPoint,
): boolean {
  return (
    revisions.includes(revision) &&
    hooks.some((hook) => hook.stage === stage && hook.direction === direction && hook.methods.includes(method))
  );
}
