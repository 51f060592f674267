import { describe, expect, it } from '@jest/globals';
import type { ServiceError } from '@scm/contracts';
import { readRuleFile } from './rule-file.js';

const exprFault = (expr: string) => (expr.includes('(') ? 'parse error' : undefined);

const file = `
groups:
  - name: node
    interval: 30s
    labels: { team: infra }
    rules:
      - record: job:up:sum
        expr: sum by job
      - alert: Down
        expr: up == 0
        for: 5m
        keep_firing_for: 1m
        labels: { severity: page, team: core }
        annotations: { summary: "{{ $labels.instance }} is down" }
  - name: empty
`;

function faults(document: unknown): string[] {
  try {
    readRuleFile(document, exprFault);
    return [];
  } catch (error) {
    return ((error as ServiceError).details ?? []).map(({ path }) => path);
  }
}

describe('a rule file', () => {
  it('is read from YAML, from JSON text and from an object', () => {
    const { groups, document } = readRuleFile(file, exprFault);
    expect(groups).toMatchObject([
      {
        name: 'node',
        intervalMs: 30_000,
        rules: [
          { kind: 'recording', name: 'job:up:sum', labels: { team: 'infra' } },
          {
            kind: 'alerting',
            name: 'Down',
            for: '5m',
            keepFiringFor: '1m',
            labels: { severity: 'page', team: 'core' },
          },
        ],
      },
      { name: 'empty', intervalMs: 60_000, rules: [] },
    ]);
    expect(readRuleFile(document, exprFault)).toEqual({ groups, document });
    expect(readRuleFile(JSON.stringify(document), exprFault)).toEqual({ groups, document });
  });

  it('names every fault by its path', () => {
    const rules = [
      { record: 'a-b', expr: 'x' },
      { alert: 'A', record: 'b', expr: 'x' },
      { alert: 'A', expr: 'f(' },
      { alert: 'A', expr: 'x', for: 'soon' },
      { alert: 'A', expr: 'x', annotations: { text: '{{ nope }}' } },
      { record: 'b', expr: 'x', annotations: {} },
      { record: 'b', expr: 'x', labels: { 'a-b': 'c', __name__: 'd', e: 1 } },
      'rule',
    ];
    const at = 'document.groups.0.rules';
    expect(
      faults({
        groups: [
          { name: 'g', rules },
          { name: 'g', interval: '1ms' },
        ],
        more: 1,
      }),
    ).toEqual([
      'document.more',
      `${at}.0.record`,
      `${at}.1`,
      `${at}.2.expr`,
      `${at}.3.for`,
      `${at}.4.annotations.text`,
      `${at}.5.annotations`,
      `${at}.6.labels`,
      `${at}.6.labels.__name__`,
      `${at}.6.labels.e`,
      `${at}.7`,
      'document.groups.1.interval',
      'document.groups.1.name',
    ]);
  });

  it.each([['groups: ['], ['- a'], [7], [null], [{ groups: {} }], [{ groups: [{ name: 'a\u0000' }] }]])(
    'refuses %j',
    (document) => {
      expect(faults(document)).not.toEqual([]);
    },
  );
});
