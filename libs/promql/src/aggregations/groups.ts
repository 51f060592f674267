import type { Column } from '../evaluate/column.js';
import type { Grouping } from '../syntax/ast.js';
import { LabelSet, METRIC_NAME } from '../values/label-set.js';

/** Series that are aggregated into one. */
export interface Group {
  readonly labels: LabelSet;
  readonly columns: Column[];
}

export function groupsOf(columns: readonly Column[], grouping: Grouping | undefined): Group[] {
  const groups = new Map<string, Group>();
  const { keyOf, labelsOf } = grouperOf(grouping);
  for (const column of columns) {
    const key = keyOf(column.labels);
    const group = groups.get(key);
    if (group) group.columns.push(column);
    else groups.set(key, { labels: labelsOf(column.labels), columns: [column] });
  }
  return [...groups.values()];
}

/** How labels are cut down to those of their group. */
export function grouperOf(grouping: Grouping | undefined): {
  keyOf: (labels: LabelSet) => string;
  labelsOf: (labels: LabelSet) => LabelSet;
} {
  if (!grouping || (!grouping.without && grouping.labels.length === 0)) {
    return { keyOf: () => '', labelsOf: () => LabelSet.empty };
  }
  const { without, labels } = grouping;
  const names = new Set(without ? [METRIC_NAME, ...labels] : labels);
  if (without) return { keyOf: (set) => set.drop(names).key, labelsOf: (set) => set.drop(names) };
  return { keyOf: (set) => set.keyOf(labels), labelsOf: (set) => set.keep(names) };
}

/** Whether the group's series is to lose its name, since one of its own is. */
export function losesName(columns: readonly Column[]): boolean {
  return columns.some(({ dropName }) => dropName);
}
