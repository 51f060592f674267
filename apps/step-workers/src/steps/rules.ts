import { invalidField } from '@scm/contracts';
import { holds, operators } from './comparison.js';

export interface Decision {
  decision: unknown;
  /** Number of the rule that applied, from 0; null when none did. */
  matched: number | null;
}

/**
 * The outcome of the first rule whose condition holds. A rule is `{when, then}`; a condition is `{value, op, than}`, or
 * `{all: […]}`, `{any: […]}`, `{not: …}` of conditions. Throws INVALID_ARGUMENT that names the rule, also one not reached.
 */
export function decide(rules: readonly unknown[], otherwise: unknown): Decision {
  const judged = rules.map((rule, i) => {
    const at = `rules.${i}`;
    const { when, then: outcome, ...others } = object(rule, at);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw invalidField(`${at}.${unknown}`, 'is not a known field');
    if (outcome === undefined) throw invalidField(`${at}.then`, 'is missing');
    return { outcome, applies: isTrue(when, `${at}.when`) };
  });
  const matched = judged.findIndex(({ applies }) => applies);
  return { decision: judged[matched]?.outcome ?? otherwise, matched: matched === -1 ? null : matched };
}

function isTrue(condition: unknown, at: string): boolean {
  const given = object(condition, at);
  if ('all' in given) return list(given.all, `${at}.all`).every(Boolean);
  if ('any' in given) return list(given.any, `${at}.any`).some(Boolean);
  if ('not' in given) return !isTrue(given.not, `${at}.not`);
  const op = operators.find((operator) => operator === given.op);
  if (!op) throw invalidField(`${at}.op`, `must be one of ${operators.join(', ')}`);
  return holds(given.value, op, given.than);
}

/** Judges every condition, so that a fault in one is shown whatever the others say. */
function list(conditions: unknown, at: string): boolean[] {
  if (!Array.isArray(conditions)) throw invalidField(at, 'must be a list');
  return conditions.map((condition, i) => isTrue(condition, `${at}.${i}`));
}

function object(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidField(at, 'must be an object');
  return value as Record<string, unknown>;
}
