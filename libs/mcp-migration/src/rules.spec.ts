import { describe, expect, it } from '@jest/globals';
import { errorCodes, methodIn, methods, protocolRevisions, sendersOf, type Method } from '@scm/mcp-messages';
import { ruleClasses, rules, translate, Untranslatable, type Rule, type Translation } from './index.js';
import type { Case } from './testing/case.js';
import { casesOf0326 } from './testing/cases-2025-03-26.js';
import { casesOf0618 } from './testing/cases-2025-06-18.js';
import { casesOf0728 } from './testing/cases-2026-07-28.js';
import { casesOf1125 } from './testing/cases-2025-11-25.js';
import { casesOfTasks } from './testing/cases-tasks.js';

const cases: Case[] = [...casesOf0326, ...casesOf0618, ...casesOf1125, ...casesOf0728, ...casesOfTasks];

const ruleOf = (id: string): Rule => {
  const rule = rules.find((one) => one.id === id);
  if (!rule) throw new Error(`no rule ${id}`);
  return rule;
};

function play({ rule, direction, given, sender, method, context }: Case): Translation<object> {
  const [older, newer] = ruleOf(rule).between;
  const [from, to] = direction === 'up' ? [older, newer] : [newer, older];
  return translate(given, { from, to, sender, ...(method && { method }), ...(context && { context }) });
}

describe('a rule', () => {
  it.each(cases.map((one) => [`${one.rule} ${one.direction}`, one] as const))('%s', (_, one) => {
    if (one.refusedWith !== undefined) {
      const refusal = expect.objectContaining({ code: one.refusedWith, rule: one.rule });
      expect(() => play(one)).toThrow(Untranslatable);
      expect(thrownBy(() => play(one))).toEqual(refusal);
      return;
    }
    const { message, applied, reverse } = play(one);
    expect(message).toEqual(one.becomes);
    expect(applied.find(({ rule }) => rule === one.rule)?.class).toBe(one.class);
    if (one.reverse) expect(JSON.parse(JSON.stringify(reverse))).toEqual(one.reverse);
  });

  it('does no worse than it says', () => {
    const worse = cases.filter((one) => {
      // An answer that its form does not allow is refused as the user's.
      if (one.rule === '2025-11-25/multi-select' && one.refusedWith === errorCodes.invalidParams) return false;
      const declared = ruleOf(one.rule)[one.direction].class;
      const came = one.refusedWith === undefined ? (one.class ?? 'none') : 'refused';
      return ruleClasses.indexOf(came) > ruleClasses.indexOf(declared);
    });
    expect(worse).toEqual([]);
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('the registry', () => {
  it('names each rule once, by the newer of two neighbours', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, between } of rules) {
      expect(id.startsWith(`${between[1]}/`)).toBe(true);
      expect(protocolRevisions.indexOf(between[1])).toBe(protocolRevisions.indexOf(between[0]) + 1);
    }
  });

  it('says what every rule does, unless there is nothing to do', () => {
    const silent = rules.filter((rule) =>
      [rule.up, rule.down].some(({ class: kind, does }) => (kind === 'none') !== (does === '')),
    );
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('has a case for what each rule changes', () => {
    const changing = rules.flatMap((rule) =>
      (['up', 'down'] as const).flatMap((direction) =>
        rule.changes.some((change) => change[direction]) ? [`${rule.id} ${direction}`] : [],
      ),
    );
    const played = new Set(cases.map(({ rule, direction }) => `${rule} ${direction}`));
    // Between sessions and the canonical form the handshake carries capabilities: handshake.spec.ts.
    const inHandshake = rules
      .filter(({ id }) => /^2026-07-28\/(.*-capability|extensions)$/.test(id))
      .map(({ id }) => id);
    expect(changing.filter((one) => !played.has(one) && !inHandshake.includes(one.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('refuses by a named rule whatever the other revision has no method for', () => {
    const through: string[] = [];
    for (const from of protocolRevisions) {
      for (const to of protocolRevisions) {
        for (const name of Object.keys(methods)) {
          const here = methodIn(from, name);
          if (!here || methodIn(to, name)) continue;
          const sender = sendersOf(from, here)[0] ?? (methods[name] as Method).senders[0] ?? 'client';
          const error = thrownBy(() => translate({ method: name, params: {} }, { from, to, sender }));
          if (!(error instanceof Untranslatable)) through.push(`${name} from ${from} to ${to}`);
        }
      }
    }
    expect(through).toEqual([]);
  });
});
