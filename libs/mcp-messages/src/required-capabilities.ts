import type { ClientCapabilities, ServerCapabilities } from './capabilities.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { Peer } from './method.js';
import { capabilityFor, methodIn } from './methods.js';
import type { ProtocolRevision } from './revisions.js';

/** A capability, as a path into what its owner declared. */
export interface NeededCapability {
  declaredBy: Peer;
  path: string;
}

/** A request or notification that is valid in its revision. */
interface Call {
  method: string;
  params?: unknown;
}

/** What has to be declared before `sender` may send this message, by its method and by its parameters. */
export function neededCapabilities(revision: ProtocolRevision, sender: Peer, call: Call): NeededCapability[] {
  const method = methodIn(revision, call.method);
  if (!method) return [];
  const receiver = sender === 'client' ? 'server' : 'client';
  const params = isJsonObject(call.params) ? call.params : {};
  const byMethod = capabilityFor(revision, method, sender);
  const byParams = revision < '2025-11-25' ? [] : pathsOf(call.method, params);
  return [...(byMethod ? [byMethod] : []), ...byParams.map((path) => ({ declaredBy: receiver, path }) as const)];
}

/** The first of these that is not declared. */
export function findMissingCapability(
  needed: readonly NeededCapability[],
  declared: { client: ClientCapabilities; server: ServerCapabilities },
): NeededCapability | undefined {
  return needed.find(({ declaredBy, path }) => !isDeclared(declared[declaredBy] as JsonObject, path));
}

function pathsOf(method: string, params: JsonObject): string[] {
  // A task is asked for by a request of a kind that its receiver runs as one.
  const asTask = 'task' in params ? [`tasks.requests.${method.replace('/', '.')}`] : [];
  return [
    ...asTask,
    ...(method === 'sampling/createMessage' ? samplingPaths(params) : elicitationPaths(method, params)),
  ];
}

function samplingPaths({ tools, toolChoice, includeContext = 'none' }: JsonObject): string[] {
  return [
    ...(tools !== undefined || toolChoice !== undefined ? ['sampling.tools'] : []),
    ...(includeContext === 'none' ? [] : ['sampling.context']),
  ];
}

function elicitationPaths(method: string, { mode = 'form' }: JsonObject): string[] {
  if (method !== 'elicitation/create') return [];
  return [mode === 'url' ? 'elicitation.url' : 'elicitation.form'];
}

function isDeclared(capabilities: JsonObject, path: string): boolean {
  const value = at(capabilities, path);
  if (path === 'elicitation.form' && value === undefined) return isEmpty(at(capabilities, 'elicitation'));
  return value !== undefined && value !== false;
}

function at(capabilities: JsonObject, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      capabilities,
    );
}

// An empty capability is the one that 2025-06-18 had: forms.
function isEmpty(value: unknown): boolean {
  return isJsonObject(value) && value['form'] === undefined && value['url'] === undefined;
}
