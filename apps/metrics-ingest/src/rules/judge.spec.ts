import { describe, expect, it } from '@jest/globals';
import type { AlertInstance } from './alert-instance.repository.js';
import { matchesOf, parseCondition } from './condition.js';
import { judge, type Match } from './judge.js';
import { fillIn, isTemplate } from './template.js';

const rule = {
  id: 'r',
  workspaceId: 'w',
  alert: 'Hot',
  forMs: 10_000,
  labels: { severity: 'page' },
  annotations: { text: '{{ $labels.room }} has {{$value}}' },
};
const match = (value: number, room = 'a'): Match => ({ labels: { __name__: 't', room }, value });
const at = (seconds: number) => new Date(seconds * 1_000);

describe('judging a rule', () => {
  it('goes from pending to firing to resolved, and has a new id for each firing', () => {
    let known: AlertInstance[] = [];
    const step = (matches: Match[], seconds: number) => {
      const verdict = judge(rule, known, matches, at(seconds));
      known = verdict.active;
      return verdict;
    };
    expect(step([match(31)], 0)).toMatchObject({ changed: [{ state: 'pending' }], fired: [] });
    expect(step([match(32)], 9)).toMatchObject({ changed: [], fired: [] });
    const [first] = step([match(33)], 10).fired;
    expect(first).toMatchObject({
      labels: { room: 'a', severity: 'page', alertname: 'Hot' },
      annotations: { text: 'a has 33' },
      value: 33,
      activeAt: at(0),
      firedAt: at(10),
    });
    expect(step([match(34)], 11).changed).toEqual([]);
    expect(step([], 12).resolved).toMatchObject([{ alertId: first?.alertId }]);
    step([match(31)], 20);
    const [second] = step([match(31)], 30).fired;
    expect(second?.fingerprint).toBe(first?.fingerprint);
    expect(second?.alertId).not.toBe(first?.alertId);
  });

  it('forgets what was pending without a word', () => {
    const { active } = judge(rule, [], [match(31)], at(0));
    expect(judge(rule, active, [], at(5))).toMatchObject({ resolved: [], ended: [{ state: 'pending' }] });
  });

  it('fires at once without `for`', () => {
    expect(judge({ ...rule, forMs: 0 }, [], [match(31), match(32, 'b')], at(0)).fired).toHaveLength(2);
  });

  it('refuses series that differ by their name alone, and too many', () => {
    const other = { labels: { __name__: 'u', room: 'a' }, value: 1 };
    expect(() => judge(rule, [], [match(1), other], at(0))).toThrow('same labels');
    const many = Array.from({ length: 1_001 }, (_, i) => match(1, String(i)));
    expect(() => judge(rule, [], many, at(0))).toThrow('1000');
  });
});

describe('conditions', () => {
  it('are PromQL that gives a vector or a number', () => {
    for (const expr of ['t > 1', 'rate(t[5m]) > 1', 'absent(t)', 't', 'vector(1)', '1']) {
      expect(parseCondition(expr).source).toBe(expr);
    }
  });

  it('have a match for each element', () => {
    const notes = { warnings: [], infos: [] };
    const samples = [{ labels: { a: 'b' }, value: 2 }];
    expect(matchesOf({ type: 'vector', samples, ...notes })).toEqual(samples);
    expect(matchesOf({ type: 'scalar', value: 1, ...notes })).toEqual([{ labels: {}, value: 1 }]);
  });

  it.each(['t >', '> 1', 't > x y', 't = 1', 't[5m]', '"t"', 't > 1x', 'rate(t) > 1'])(
    'refuses %j and names expr',
    (expr) => {
      expect(() => parseCondition(expr)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
      expect(() => parseCondition(expr)).toThrow('expr');
    },
  );
});

describe('templates', () => {
  it('know labels and the value', () => {
    expect(fillIn('{{$labels.a}}{{ $labels.none }}:{{ $value }}', { a: 'x' }, 1.5)).toBe('x:1.5');
    expect(isTemplate('{{ $value | humanize }}')).toBe(false);
    expect(isTemplate('{{ $labels.a }} } {')).toBe(true);
  });
});
