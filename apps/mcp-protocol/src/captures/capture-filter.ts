import type { Actor, CaptureChange } from '@scm/contracts';
import type { ExchangeFacts } from './recorder.js';

/** Whether a capture wants an exchange of the actor, and wants any still. */
export function fits(
  { workspaceId, capture: wanted }: CaptureChange,
  { request, server }: ExchangeFacts,
  actor: Actor,
): boolean {
  return (
    workspaceId === actor.workspaceId &&
    Date.parse(wanted.until) > Date.now() &&
    isOrAny(wanted.server, server) &&
    isOrAny(wanted.method, request.method) &&
    isOrAny(wanted.principal, `${actor.kind}:${actor.id}`)
  );
}

function isOrAny<T>(wanted: T | undefined, actual: T): boolean {
  return wanted === undefined || wanted === actual;
}
