import { ProtocolError } from '@scm/mcp-messages';
import type { Direction, Rule } from './rule.js';

/** There is no such message in the other revision, or only a stateful bridge can give one. `data.rule` says which rule refused it. */
export class Untranslatable extends ProtocolError {
  override name = 'Untranslatable';

  constructor(
    readonly rule: string,
    code: number,
    reason: string,
    data: Record<string, unknown> = {},
  ) {
    super(code, reason, { rule, ...data });
  }
}

/** Refuses a message in words of the rule. */
export function refusal(rule: Rule, direction: Direction, code: number, reason?: string): Untranslatable {
  const [older, newer] = rule.between;
  const [from, to] = direction === 'up' ? [older, newer] : [newer, older];
  return new Untranslatable(rule.id, code, reason ?? `${rule.title}: not from ${from} to ${to}`, { from, to });
}
