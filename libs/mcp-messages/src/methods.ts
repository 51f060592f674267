import type { Extension } from './extension.js';
import type { Method, Peer } from './method.js';
import { notifications } from './notifications.js';
import { requests } from './requests.js';
import type { ProtocolRevision } from './revisions.js';

/** Every method of every revision, by its name. */
export const methods: Readonly<Record<string, Method>> = { ...requests, ...notifications };

/** The method of that name in a revision, or in extensions of it; undefined where there is none. */
export function methodIn(
  revision: ProtocolRevision,
  name: string,
  extensions: readonly Extension[] = [],
): Method | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method && isIn(revision, method)) return method;
  const added = extensions.find((extension) => Object.hasOwn(extension.methods, name))?.methods[name];
  return added && isIn(revision, added) ? added : undefined;
}

/** The names of a revision's methods. */
export function methodsOf(revision: ProtocolRevision): string[] {
  return Object.keys(methods).filter((name) => methodIn(revision, name) !== undefined);
}

/** Who sends it as a message of its own in a revision: nobody where it is embedded in a result. */
export function sendersOf(revision: ProtocolRevision, method: Method): readonly Peer[] {
  if (isEmbedded(revision, method)) return [];
  return method.serverOnlySince && revision >= method.serverOnlySince ? ['server'] : method.senders;
}

/** Whether it has no message of its own, but stands in a result that asks for input. */
export function isEmbedded(revision: ProtocolRevision, { embeddedSince }: Method): boolean {
  return embeddedSince !== undefined && revision >= embeddedSince;
}

/** The path of the capability that has to be declared, and by whom, when `sender` uses the method. */
export function capabilityFor(
  revision: ProtocolRevision,
  { capability, senders }: Method,
  sender: Peer = senders[0] ?? 'client',
): { declaredBy: Peer; path: string } | undefined {
  if (!capability || (capability.since && revision < capability.since)) return undefined;
  const { declaredBy, path } = capability;
  if (declaredBy === 'sender') return { declaredBy: sender, path };
  if (declaredBy === 'receiver') return { declaredBy: sender === 'client' ? 'server' : 'client', path };
  return { declaredBy, path };
}

function isIn(revision: ProtocolRevision, { since, end }: Method): boolean {
  return revision >= since && (end === undefined || revision < end);
}
