import { newId } from '@scm/database';
import { fingerprintOf, keyOf, type Labels } from '../series/labels.js';
import type { AlertInstance } from './alert-instance.repository.js';

/** A rule as it is judged. */
export interface JudgedRule {
  id: string;
  workspaceId: string;
  forMs: number;
  /** How long it goes on firing after the condition held the last time. */
  keepFiringForMs: number;
}

/** What the condition holds on now, with the labels and annotations of its alert. */
export interface Match {
  labels: Labels;
  annotations: Labels;
  value: number;
}

export interface Verdict {
  /** All instances as they are now. */
  active: AlertInstance[];
  /** Those that are new or changed their state, and must be stored. */
  changed: AlertInstance[];
  fired: AlertInstance[];
  resolved: AlertInstance[];
  /** Those whose condition holds no longer: the resolved ones, and pending ones that never fired. */
  ended: AlertInstance[];
}

const MAX_ALERTS = 1_000;
/** What an alert can carry to those who read its events. */
const MAX_LABELS = 64;

/** Moves the instances of one rule on: new ones wait for `for`, waiting ones fire, those without a match end. */
export function judge(
  rule: JudgedRule,
  known: readonly AlertInstance[],
  matches: readonly Match[],
  now: Date,
): Verdict {
  if (matches.length > MAX_ALERTS) throw new RangeError(`the rule matches more than ${MAX_ALERTS} series`);
  const before = new Map(known.map((instance) => [instance.fingerprint, instance]));
  const verdict: Verdict = { active: [], changed: [], fired: [], resolved: [], ended: [] };
  const seen = new Set<string>();
  for (const match of matches) {
    const fingerprint = fingerprintOf(keyOf(match.labels));
    if (seen.has(fingerprint)) throw new RangeError('two series have the same labels once the metric name is left out');
    seen.add(fingerprint);
    const former = before.get(fingerprint);
    const instance = moveOn(rule, former ?? begin(rule, fingerprint, match.labels, now), match, now);
    verdict.active.push(instance);
    if (instance.state !== former?.state || former.keepFiringSince) verdict.changed.push(instance);
    if (instance.state === 'firing' && former?.state !== 'firing') verdict.fired.push(instance);
  }
  for (const former of known) {
    if (seen.has(former.fingerprint)) continue;
    const keptSince = former.keepFiringSince ?? now;
    const isKept = former.state === 'firing' && now.getTime() - keptSince.getTime() < rule.keepFiringForMs;
    if (!isKept) verdict.ended.push(former);
    else verdict.active.push({ ...former, keepFiringSince: keptSince });
    if (isKept && !former.keepFiringSince) verdict.changed.push({ ...former, keepFiringSince: keptSince });
  }
  verdict.resolved = verdict.ended.filter(({ state }) => state === 'firing');
  return verdict;
}

function begin({ id, workspaceId }: JudgedRule, fingerprint: string, labels: Labels, now: Date): AlertInstance {
  return {
    workspaceId,
    ruleId: id,
    fingerprint,
    state: 'pending',
    labels: carried(labels),
    annotations: {},
    value: 0,
    activeAt: now,
    alertId: null,
    firedAt: null,
    keepFiringSince: null,
  };
}

function moveOn(rule: JudgedRule, instance: AlertInstance, { annotations, value }: Match, now: Date): AlertInstance {
  const present = { ...instance, value, annotations, keepFiringSince: null };
  if (instance.state === 'firing' || now.getTime() - instance.activeAt.getTime() < rule.forMs) return present;
  return { ...present, state: 'firing', alertId: newId(), firedAt: now };
}

/** The rule's own labels come last among the labels, so the first of the series' ones give way. */
function carried(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).slice(-MAX_LABELS));
}
