import { keyOf, type Labels } from '../series/labels.js';
import { labelsFault } from './series-input.js';

/** Which series something belongs to. */
export interface Identity {
  readonly key: string;
  readonly labels: Labels;
  /** The last start that it was told to have counted from, in Unix milliseconds. */
  startMs?: number;
  /** Labels whose values stand for others that are too many. */
  readonly folded?: readonly string[];
}

/** Labels that no series may have: where and why, and what they belong to as far as it can be said. */
export interface BadLabels {
  readonly name: string;
  readonly fault: string;
}

export type LabelPair = readonly [name: string, value: string];

/** Judges labels as they came over the wire; those without a value are left out. */
export function identityOf(pairs: readonly LabelPair[]): Identity | BadLabels {
  const labels = Object.fromEntries(pairs.filter(([, value]) => value !== ''));
  const refuse = (fault: string): BadLabels => ({ name: nameOf(pairs), fault });
  const names = new Set(pairs.map(([name]) => name));
  if (names.size < pairs.length) return refuse('has the same label twice');
  const fault = labelsFault(labels);
  return fault ? refuse(`${fault.path} ${fault.message}`) : { key: keyOf(labels), labels };
}

export function isBad(found: Identity | BadLabels): found is BadLabels {
  return 'fault' in found;
}

function nameOf(pairs: readonly LabelPair[]): string {
  const name = pairs.find(([label]) => label === '__name__')?.[1] ?? '';
  return name.isWellFormed() && name !== '' ? name : '(no name)';
}
