import type { JsonObject } from '@scm/mcp-messages';
import type { PluginCaller } from '../extensions/host-functions.js';
import type { MessageHooks } from '../extensions/message-hooks.js';
import type { Welcome } from './legacy-session.js';
import { toUpstream } from './legacy-translation.js';

/** A canonical request as the upstream's revision has it, as plugins leave it on both sides. */
export async function hookedToUpstream(
  hooks: MessageHooks,
  welcome: Welcome,
  asked: Parameters<typeof toUpstream>[1],
  by: PluginCaller,
): Promise<ReturnType<typeof toUpstream>> {
  const at = { direction: 'toUpstream', method: asked.method, revision: welcome.revision } as const;
  const before = hooks.find({ ...at, stage: 'beforeTranslation' });
  const params = before ? await before(asked.params, by) : asked.params;
  const request = toUpstream(welcome, { ...asked, params });
  const after = hooks.find({ ...at, stage: 'afterTranslation' });
  return after ? { ...request, params: await after(request.params ?? {}, by) } : request;
}

/** What the upstream answered as a canonical result, as plugins leave it on both sides. */
export async function hookedFromUpstream(
  hooks: MessageHooks,
  { revision }: Welcome,
  said: { method: string; result: JsonObject; translated: (result: JsonObject) => JsonObject },
  by: PluginCaller,
): Promise<JsonObject> {
  const at = { direction: 'fromUpstream', method: said.method, revision } as const;
  const before = hooks.find({ ...at, stage: 'beforeTranslation' });
  const result = said.translated(before ? await before(said.result, by) : said.result);
  const after = hooks.find({ ...at, stage: 'afterTranslation' });
  return after ? after(result, by) : result;
}
