import { newId } from '@scm/database';
import { fingerprintOf, keyOf, withoutName, type Labels } from '../series/labels.js';
import type { AlertInstance } from './alert-instance.repository.js';
import { fillIn } from './template.js';

/** A rule as it is judged. */
export interface JudgedRule {
  id: string;
  workspaceId: string;
  alert: string;
  forMs: number;
  labels: Labels;
  annotations: Labels;
}

/** A series on which the condition holds now. */
export interface Match {
  labels: Labels;
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
    const labels = { ...withoutName(match.labels), ...rule.labels, alertname: rule.alert };
    const fingerprint = fingerprintOf(keyOf(labels));
    if (seen.has(fingerprint)) throw new RangeError('two series have the same labels once the metric name is left out');
    seen.add(fingerprint);
    const former = before.get(fingerprint);
    const instance = moveOn(rule, former ?? begin(rule, fingerprint, labels, now), match, now);
    verdict.active.push(instance);
    if (instance.state !== former?.state) verdict.changed.push(instance);
    if (instance.state === 'firing' && former?.state !== 'firing') verdict.fired.push(instance);
  }
  verdict.ended = known.filter(({ fingerprint }) => !seen.has(fingerprint));
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
  };
}

function moveOn(rule: JudgedRule, instance: AlertInstance, { labels, value }: Match, now: Date): AlertInstance {
  const texts = Object.entries(rule.annotations).map(([name, text]) => [name, fillIn(text, labels, value)] as const);
  const present = { ...instance, value, annotations: Object.fromEntries(texts) };
  if (instance.state === 'firing' || now.getTime() - instance.activeAt.getTime() < rule.forMs) return present;
  return { ...present, state: 'firing', alertId: newId(), firedAt: now };
}

/** The rule's own labels come last among the labels, so the first of the series' ones give way. */
function carried(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).slice(-MAX_LABELS));
}
