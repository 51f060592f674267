import { methods, protocolRevisions, tasksExtension, type Peer, type ProtocolRevision } from '@scm/mcp-messages';
import type { MessageKind, Place } from './place.js';
import { rules } from './registry.js';
import type { Change, Direction, Rule } from './rule.js';

/** What is done at one place, in order. */
export interface PlanStep {
  path: readonly string[];
  actions: Action[];
}

export interface Action {
  rule: Rule;
  direction: Direction;
  place: Place;
  change: Change;
  /** The revision a message is in when the rules of this pair are done. */
  towards: ProtocolRevision;
}

export interface Route {
  from: ProtocolRevision;
  to: ProtocolRevision;
  kind: MessageKind;
  method: string;
  sender: Peer;
}

const plans = new Map<unknown, unknown>();

/** What is to do with the messages of a method on their way from one revision to another. */
export function planOf(route: Route): readonly PlanStep[] {
  // Methods of extensions share one plan: their names are whatever a peer says.
  const method = isKnown(route.method) ? route.method : '';
  const { from, to, kind, sender } = route;
  const byMethod = inner(inner(inner(inner(plans, from), to), kind), sender) as Map<string, readonly PlanStep[]>;
  let plan = byMethod.get(method);
  if (!plan) byMethod.set(method, (plan = compile({ ...route, method })));
  return plan;
}

function isKnown(method: string): boolean {
  return Object.hasOwn(methods, method) || Object.hasOwn(tasksExtension.methods, method);
}

// A key of joined words would cost more than the translation of a small message.
function inner(map: Map<unknown, unknown>, key: string): Map<unknown, unknown> {
  let found = map.get(key) as Map<unknown, unknown> | undefined;
  if (!found) map.set(key, (found = new Map<unknown, unknown>()));
  return found;
}

/** Whether a place is on a route. */
export function isOn({ kind, method, sender }: Omit<Route, 'from' | 'to'>, place: Place): boolean {
  if (place.kind !== kind || (place.sender && place.sender !== sender)) return false;
  return place.methods === 'all' || place.methods.includes(method);
}

function compile(route: Route): PlanStep[] {
  const steps: PlanStep[] = [];
  for (const action of pairsBetween(route.from, route.to).flatMap((pair) => actionsOf(pair, route))) {
    const last = steps.at(-1);
    // Neighbours at one place go there together: lists are long.
    if (last && last.path.join('/') === action.place.path.join('/')) last.actions.push(action);
    else steps.push({ path: action.place.path, actions: [action] });
  }
  return steps;
}

interface Pair {
  newer: ProtocolRevision;
  towards: ProtocolRevision;
  direction: Direction;
}

function pairsBetween(from: ProtocolRevision, to: ProtocolRevision): Pair[] {
  const [start, end] = [protocolRevisions.indexOf(from), protocolRevisions.indexOf(to)];
  if (start < end) {
    return protocolRevisions.slice(start + 1, end + 1).map((newer) => ({ newer, towards: newer, direction: 'up' }));
  }
  return protocolRevisions
    .slice(end + 1, start + 1)
    .map((newer, n) => ({ newer, towards: protocolRevisions[end + n] as ProtocolRevision, direction: 'down' as const }))
    .reverse();
}

function actionsOf({ newer, direction, towards }: Pair, route: Route): Action[] {
  return (
    rules
      .filter(({ between }) => between[1] === newer)
      .flatMap((rule) =>
        rule.changes.flatMap(({ at, [direction]: change }) =>
          change
            ? at.filter((place) => isOn(route, place)).map((place) => ({ rule, direction, place, change, towards }))
            : [],
        ),
      )
      // What is refused as a whole is not worked on in parts.
      .sort((a, b) => a.place.path.length - b.place.path.length)
  );
}
