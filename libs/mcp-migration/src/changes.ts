import { errorCodes } from '@scm/mcp-messages';
import { ofMethods, type MessageKind } from './place.js';
import type { Change, PlacedChange } from './rule.js';
import { within, without } from './members.js';

/** Drops members that the older revision does not have, and says so. */
export function dropping(...keys: string[]): Change {
  return (value, work) => {
    for (const key of keys) if (value[key] !== undefined) work.dropped(key);
    return without(value, ...keys);
  };
}

/** The same below a member that is an object. */
export function droppingIn(member: string, ...keys: string[]): Change {
  return (value, work) =>
    within(value, member, (inner) => {
      for (const key of keys) if (inner[key] !== undefined) work.dropped(`${member}/${key}`);
      return without(inner, ...keys);
    });
}

/** Takes members away without which nothing is lost. */
export function removing(...keys: string[]): Change {
  return (value) => without(value, ...keys);
}

/** Refuses every message of methods that the other revision does not have. */
export function refusing(direction: 'up' | 'down', methods: readonly string[], ...kinds: MessageKind[]): PlacedChange {
  const refuse: Change = (message, work) => {
    if (work.context.isHandshake) return message;
    throw work.refuse(errorCodes.methodNotFound);
  };
  return {
    at: ofMethods(methods, ...(kinds.length > 0 ? kinds : (['request', 'notification', 'result'] as const))),
    [direction]: refuse,
  };
}
