import type { Client } from 'pg';
import type { Statement } from './statement-tap.js';

/** More rows than a page, a batch or a sweep takes; what touches more does not scale with what it gives. */
const BOUND = 5_000;

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Plan Rows': number;
  /** None where the statement was not run, since what it adds is there already. */
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Node[];
}

/** Runs a statement as it was sent, in a transaction that is rolled back, and says what its plan does that it must not. */
export async function faultsOf(client: Client, { sql, values }: Statement, workspaceId: string): Promise<string[]> {
  await client.query('begin');
  try {
    await client.query(`select set_config('scm.workspace', $1, true)`, [workspaceId]);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `explain (${/\binsert\b/i.test(sql) ? '' : 'analyze, timing off, '}format json) ${sql}`,
      values as unknown[],
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    return plan ? [...new Set(nodesOf(plan).flatMap(faultsOfNode))] : ['no plan'];
  } finally {
    await client.query('rollback');
  }
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function faultsOfNode(node: Node): string[] {
  const { 'Node Type': type, 'Relation Name': table = '', Plans = [] } = node;
  const loops = node['Actual Loops'] ?? 1;
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const read = Math.round(((node['Actual Rows'] ?? node['Plan Rows']) + removed) * loops);
  if (type === 'Seq Scan' && read > BOUND) return [`sequential scan of ${table} (${read} rows)`];
  if (table && read > BOUND) return [`${type} reads ${read} rows of ${table}`];
  const input = Plans.reduce(
    (sum, { 'Plan Rows': planned, 'Actual Rows': rows = planned, 'Actual Loops': times = 1 }) => sum + rows * times,
    0,
  );
  return type.includes('Sort') && input > BOUND ? [`sorts ${Math.round(input)} rows`] : [];
}
