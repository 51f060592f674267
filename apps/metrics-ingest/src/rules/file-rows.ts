import { derivedId } from '@scm/database';
import { keyOf } from '../series/labels.js';
import type { FileGroup } from './rule-file.js';
import type { NewRuleGroup } from './rule-group.repository.js';
import type { NewFileRule } from './rule.repository.js';

/** A rule's id is made of its group, kind, name and labels, and of how many such rules stand before it. */
export function toRows(
  workspaceId: string,
  file: string,
  createdBy: string,
  read: readonly FileGroup[],
): { groups: NewRuleGroup[]; rules: NewFileRule[] } {
  const groups = read.map(({ name, intervalMs, offsetMs, maxResults }, position) => {
    const id = derivedId(`${workspaceId} rule group ${file} ${name}`);
    return { id, workspaceId, file, name, position, intervalMs, offsetMs, maxResults };
  });
  const seen = new Map<string, number>();
  const rules = read.flatMap((group, at) =>
    group.rules.map((rule, position): NewFileRule => {
      const identity = `${groups[at]?.id} ${rule.kind} ${rule.name} ${keyOf(rule.labels)}`;
      const before = seen.get(identity) ?? 0;
      seen.set(identity, before + 1);
      return {
        id: derivedId(`${identity} ${before}`),
        workspaceId,
        groupId: groups[at]?.id ?? '',
        kind: rule.kind,
        position,
        alert: rule.name,
        expr: rule.expr,
        for: rule.for ?? null,
        keepFiringFor: rule.keepFiringFor ?? null,
        labels: rule.labels,
        annotations: rule.annotations,
        createdBy,
      };
    }),
  );
  return { groups, rules };
}
