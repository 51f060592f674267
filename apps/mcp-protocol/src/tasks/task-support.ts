import { taskSupportKey } from '@scm/mcp-migration';
import { errorCodes, isJsonObject, metaKeys, ProtocolError, tasksExtension, type JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';

/** `own`: who has the tool makes the task itself. */
const supports = ['forbidden', 'optional', 'required', 'own'] as const;

/** What a tool says of running as a task; those that say nothing do not. */
export function taskSupportOf(tool: JsonObject | undefined): (typeof supports)[number] {
  const meta = isJsonObject(tool?.['_meta']) ? tool['_meta'] : {};
  return supports.find((support) => support === meta[taskSupportKey]) ?? 'forbidden';
}

/** Whether the client of a request can be answered with a task. */
export function declaresTasks({ params }: Pick<Exchange, 'params'>): boolean {
  return tasksExtension.id in extensionsOf(params);
}

/** Throws ProtocolError -32021. */
export function assertDeclaresTasks(exchange: Pick<Exchange, 'params'>): void {
  if (declaresTasks(exchange)) return;
  const data = { requiredCapabilities: { extensions: { [tasksExtension.id]: {} } } };
  throw new ProtocolError(errorCodes.missingRequiredClientCapability, 'This needs a client that knows tasks', data);
}

/** Whether a request was refused because its client does not know tasks. */
export function needsTasks(error: unknown): boolean {
  if (!(error instanceof ProtocolError) || error.code !== errorCodes.missingRequiredClientCapability) return false;
  return JSON.stringify(error.data ?? {}).includes(tasksExtension.id);
}

/** The parameters of a request whose answer is to be no task. */
export function withoutTasks(params: JsonObject): JsonObject {
  const { [tasksExtension.id]: _, ...extensions } = extensionsOf(params);
  const meta = metaOf(params);
  const capabilities = { ...capabilitiesOf(params), extensions };
  return { ...params, _meta: { ...meta, [metaKeys.clientCapabilities]: capabilities } };
}

/** The parameters of a request whose sender knows tasks. */
export function withTasks(params: JsonObject): JsonObject {
  const extensions = { ...extensionsOf(params), [tasksExtension.id]: {} };
  const capabilities = { ...capabilitiesOf(params), extensions };
  return { ...params, _meta: { ...metaOf(params), [metaKeys.clientCapabilities]: capabilities } };
}

function extensionsOf(params: JsonObject): JsonObject {
  const { extensions } = capabilitiesOf(params);
  return isJsonObject(extensions) ? extensions : {};
}

function capabilitiesOf(params: JsonObject): JsonObject {
  const capabilities = metaOf(params)[metaKeys.clientCapabilities];
  return isJsonObject(capabilities) ? capabilities : {};
}

function metaOf({ _meta }: JsonObject): JsonObject {
  return isJsonObject(_meta) ? _meta : {};
}
