import type { EventFilter, ListenStrategy } from '../../definitions/language.js';
import { fits, isSame } from '../event-filter.js';
import type { Frame } from '../state.js';
import { isTrue } from '../truth.js';
import type { CloudEvent } from '../cloud-event.js';
import type { Walk } from '../walk.js';
import type { Behaviour } from './behaviour.js';

interface Own {
  /** The events so far: one that comes again is known. */
  ids: string[];
  /** What was read of them. */
  consumed: unknown[];
  /** Of `all`: which filters have had theirs. */
  met: number[];
  /** What correlated events have in common. */
  keys: Record<string, unknown>;
  /** Events whose tasks have not run yet. */
  queue: unknown[];
  handled: number;
  isDone: boolean;
}

const MAX_KNOWN_IDS = 1_000;

/** Waits for events. Its output is the list of what was read of them, or of what its tasks made of each. */
export const listen: Behaviour = {
  enter(walk, frame, { task }) {
    frame.waits = 'event';
    frame.own = { ids: [], consumed: [], met: [], keys: {}, queue: [], handled: 0, isDone: false } satisfies Own;
    walk.record(frame, 'waiting', { waits: 'event', input: frame.data });
    if (task.listen?.to.all?.length === 0) return walk.complete(frame, []);
    // Signals that came before anybody listened.
    walk.state.inbox = walk.state.inbox?.filter(
      (event) => !walk.frame(frame.id) || !listen.consume?.(walk, frame, event),
    );
  },
  consume(walk, frame, event) {
    const own = { ...(frame.own as unknown as Own) };
    if (own.isDone || own.ids.includes(event.id)) return false;
    const { listen: wanted, foreach } = walk.node(frame).task;
    const strategy = wanted?.to ?? {};
    const isUntil =
      strategy.until !== undefined && typeof strategy.until === 'object' && isMet(walk, frame, strategy.until, event);
    const index = isUntil
      ? -1
      : filtersOf(strategy).findIndex((filter, i) => !own.met.includes(i) && matches(walk, frame, filter, event, own));
    const isAny = strategy.any?.length === 0;
    if (index === -1 && !isUntil && !isAny) return false;
    own.ids = [...own.ids, event.id].slice(-MAX_KNOWN_IDS);
    if (!isUntil) {
      const read = readOf(event, wanted?.read);
      own.consumed = [...own.consumed, read];
      if (strategy.all) own.met = [...own.met, index];
      if (foreach?.do) own.queue = [...own.queue, read];
    }
    own.isDone = isUntil || isOver(walk, frame, strategy, own);
    frame.own = { ...own };
    goOn(walk, frame);
    return true;
  },
  childDone(walk, frame, _child, output) {
    const own = frame.own as unknown as Own;
    const consumed = [...own.consumed];
    consumed[own.handled] = output;
    frame.own = { ...own, consumed, handled: own.handled + 1 };
    goOn(walk, frame);
  },
};

function goOn(walk: Walk, frame: Frame): void {
  const own = frame.own as unknown as Own;
  const { foreach } = walk.node(frame).task;
  const [item, ...queue] = own.queue;
  if (own.queue.length > 0) {
    if (walk.below(frame).length > 0) return;
    frame.own = { ...own, queue };
    walk.openList(frame, `${frame.ref}/foreach/do`, frame.data, {
      [foreach?.item ?? 'item']: item,
      [foreach?.at ?? 'index']: own.handled,
    });
  } else if (own.isDone && walk.below(frame).length === 0) walk.complete(frame, own.consumed);
}

function filtersOf({ one, any, all }: ListenStrategy): EventFilter[] {
  return one ? [one] : (any ?? all ?? []);
}

function isOver(walk: Walk, frame: Frame, strategy: ListenStrategy, { consumed, met }: Own): boolean {
  if (strategy.all) return met.length === strategy.all.length;
  if (strategy.until === undefined) return true;
  return typeof strategy.until === 'string' && isTrue(walk.evaluateText(frame, strategy.until, consumed));
}

function isMet(walk: Walk, frame: Frame, strategy: ListenStrategy, event: CloudEvent): boolean {
  return filtersOf(strategy).some((filter) => matches(walk, frame, filter, event, { keys: {} }));
}

function matches(
  walk: Walk,
  frame: Frame,
  { with: wanted, correlate = {} }: EventFilter,
  event: CloudEvent,
  own: Pick<Own, 'keys'>,
): boolean {
  if (!fits(wanted, event, (expression, data) => walk.evaluate(frame, expression, data))) return false;
  const keys = { ...own.keys };
  for (const [name, { from, expect }] of Object.entries(correlate)) {
    const given = walk.evaluateText(frame, from, event);
    const expected = expect === undefined ? keys[name] : walk.evaluate(frame, expect, frame.data);
    if (expected !== undefined && !isSame(given, expected)) return false;
    keys[name] = given;
  }
  own.keys = keys;
  return true;
}

function readOf(event: CloudEvent, read = 'data'): unknown {
  return read === 'data' ? (event.data ?? null) : event;
}
