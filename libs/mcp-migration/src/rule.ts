import { protocolRevisions, type JsonObject, type ProtocolRevision } from '@scm/mcp-messages';
import type { Place } from './place.js';
import type { Work } from './work.js';

/** `up` shows an older peer's message to a newer one, `down` a newer peer's to an older one. */
export type Direction = 'up' | 'down';

/**
 * What becomes of a message: nothing is to do, nothing is lost, another form stands for it, a part is lost, or there is no
 * such message there.
 */
export const ruleClasses = ['none', 'lossless', 'emulated', 'lossy', 'refused'] as const;

export type RuleClass = (typeof ruleClasses)[number];

/** What a rule does in one direction: the worst that can come of it, and in words. */
export interface Effect {
  class: RuleClass;
  does: string;
}

/** Gives a value in its other form, or the same value where there is nothing to do. Pure. */
export type Change = (value: JsonObject, work: Work) => JsonObject;

export interface PlacedChange {
  at: readonly Place[];
  up?: Change;
  down?: Change;
}

/** One difference between two neighbouring revisions. */
export interface Rule {
  /** The newer revision and a name, as in `2025-06-18/resource-link`. */
  id: string;
  between: readonly [older: ProtocolRevision, newer: ProtocolRevision];
  /** Only rules about messages change any; the others are kept by transports, by the doors' auth, and by the stateful bridge. */
  kind: 'message' | 'transport' | 'auth' | 'bridge';
  title: string;
  up: Effect;
  down: Effect;
  changes: readonly PlacedChange[];
}

type Declared = Omit<Rule, 'id' | 'between' | 'kind' | 'changes'> & Partial<Pick<Rule, 'kind' | 'changes'>>;

/** Declares the rules of the step to `newer`, by their names. */
export function rulesOf(newer: ProtocolRevision, declared: Readonly<Record<string, Declared>>): Rule[] {
  const older = protocolRevisions[protocolRevisions.indexOf(newer) - 1];
  if (!older) throw new TypeError(`${newer} is the first revision`);
  return Object.entries(declared).map(([name, rule]) => ({
    kind: 'message',
    changes: [],
    ...rule,
    id: `${newer}/${name}`,
    between: [older, newer],
  }));
}

export const none: Effect = { class: 'none', does: '' };
export const lossless = (does: string): Effect => ({ class: 'lossless', does });
export const emulated = (does: string): Effect => ({ class: 'emulated', does });
export const lossy = (does: string): Effect => ({ class: 'lossy', does });
export const refused = (does: string): Effect => ({ class: 'refused', does });
