import { hash } from 'node:crypto';
import type { RuleGroupRow } from './rule-group.repository.js';

type Times = Pick<RuleGroupRow, 'id' | 'intervalMs'>;

/** The time of the evaluation that is due: what was missed before it is not made up for. */
export function dueAt(group: Times, nowMs: number): Date {
  const phaseMs = phaseOf(group);
  return new Date(nowMs - ((((nowMs - phaseMs) % group.intervalMs) + group.intervalMs) % group.intervalMs));
}

export function nextAfter({ intervalMs }: Times, at: Date): Date {
  return new Date(at.getTime() + intervalMs);
}

/** Groups of one interval do not all come at the same moment; whole seconds, as the evaluator ticks. */
function phaseOf({ id, intervalMs }: Times): number {
  const seconds = Math.floor(intervalMs / 1_000);
  return (Number.parseInt(hash('sha256', id, 'hex').slice(0, 8), 16) % Math.max(1, seconds)) * 1_000;
}
