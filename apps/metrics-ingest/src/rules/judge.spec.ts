import { describe, expect, it } from '@jest/globals';
import type { AlertInstance } from './alert-instance.repository.js';
import { expandAlert } from './expand-alert.js';
import { judge, type JudgedRule, type Match } from './judge.js';

const rule: JudgedRule = { id: 'r', workspaceId: 'w', forMs: 10_000, keepFiringForMs: 0 };
const match = (value: number, room = 'a'): Match => ({ labels: { room, alertname: 'Hot' }, annotations: {}, value });
const at = (seconds: number) => new Date(seconds * 1_000);

/** Judges again and again, each time with what the time before came to. */
function judging(judged: JudgedRule) {
  let known: AlertInstance[] = [];
  return (matches: Match[], seconds: number) => {
    const verdict = judge(judged, known, matches, at(seconds));
    known = verdict.active;
    return verdict;
  };
}

describe('judging a rule', () => {
  it('goes from pending to firing to resolved, and has a new id for each firing', () => {
    const step = judging(rule);
    expect(step([match(31)], 0)).toMatchObject({ changed: [{ state: 'pending' }], fired: [] });
    expect(step([match(32)], 9)).toMatchObject({ changed: [], fired: [] });
    const [first] = step([match(33)], 10).fired;
    expect(first).toMatchObject({ labels: { room: 'a' }, value: 33, activeAt: at(0), firedAt: at(10) });
    expect(step([match(34)], 11).changed).toEqual([]);
    expect(step([], 12).resolved).toMatchObject([{ alertId: first?.alertId }]);
    step([match(31)], 20);
    const [second] = step([match(31)], 30).fired;
    expect(second?.fingerprint).toBe(first?.fingerprint);
    expect(second?.alertId).not.toBe(first?.alertId);
  });

  it('forgets what was pending without a word', () => {
    const step = judging(rule);
    step([match(31)], 0);
    expect(step([], 5)).toMatchObject({ resolved: [], ended: [{ state: 'pending' }] });
  });

  it('fires at once without `for`', () => {
    expect(judging({ ...rule, forMs: 0 })([match(31), match(32, 'b')], 0).fired).toHaveLength(2);
  });

  it('goes on firing for `keep_firing_for`, through gaps too', () => {
    const step = judging({ ...rule, forMs: 0, keepFiringForMs: 20_000 });
    const [first] = step([match(31)], 0).fired;
    expect(step([], 10)).toMatchObject({ ended: [], changed: [{ keepFiringSince: at(10) }] });
    expect(step([], 29)).toMatchObject({ ended: [], changed: [] });
    expect(step([match(32)], 29.5)).toMatchObject({
      fired: [],
      changed: [{ keepFiringSince: null, alertId: first?.alertId }],
    });
    step([], 40);
    expect(step([], 60).resolved).toMatchObject([{ alertId: first?.alertId }]);
  });

  it('keeps pending alerts no longer than their condition holds', () => {
    const step = judging({ ...rule, keepFiringForMs: 20_000 });
    step([match(31)], 0);
    expect(step([], 1).ended).toHaveLength(1);
  });

  it('refuses series that differ by their name alone, and too many', () => {
    expect(() => judge(rule, [], [match(1), match(2)], at(0))).toThrow('same labels');
    const many = Array.from({ length: 1_001 }, (_, i) => match(1, String(i)));
    expect(() => judge(rule, [], many, at(0))).toThrow('1000');
  });
});

describe('labels and annotations of an alert', () => {
  const none = async () => [];
  const found = [{ labels: { __name__: 't', room: 'a', floor: '2' }, value: 33 }];

  it('are those of the series, then those of the rule, then its name', async () => {
    const texts = {
      labels: { floor: '', severity: 'page', of: '{{ $labels.room }}' },
      annotations: { text: 'has {{$value}}' },
    };
    expect(await expandAlert({ alert: 'Hot', ...texts }, found, none)).toEqual([
      {
        labels: { room: 'a', severity: 'page', of: 'a', alertname: 'Hot' },
        annotations: { text: 'has 33' },
        value: 33,
      },
    ]);
  });

  it('say what kept a template from being filled in', async () => {
    const texts = { labels: {}, annotations: { text: '{{ query "up" | first | value }}' } };
    const [match] = await expandAlert({ alert: 'Hot', ...texts }, found, none);
    expect(match?.annotations['text']).toBe('<error expanding template: it asks for the first of nothing>');
  });
});
