/**
 * What transitions do to the queue, as parts of their statement. `source` has one row for each transition with `id`,
 * `workspace_id`, `at`, `calls`, `released` and `park`.
 */
export function queueParts(source: string): string {
  return `queued as (
  insert into admissions (execution_id, frame, workspace_id, lane, priority, rank, limits, queued_at)
  select m.id, c.frame, m.workspace_id, c.lane, c.priority,
    greatest(
      (select a.rank from admissions a where a.lane = c.lane and a.priority = c.priority and a.admitted_at is null
         and a.blocked_by is null order by a.rank limit 1),
      (select max(a.rank) from admissions a where a.workspace_id = m.workspace_id and a.lane = c.lane
         and a.priority = c.priority and a.admitted_at is null), 0)
      + c.stride * row_number() over (partition by m.workspace_id, c.lane, c.priority order by m.at, m.id, c.frame),
    c.limits, m.at
  from ${source} m, jsonb_to_recordset(m.calls)
    as c(frame int, lane text, priority smallint, stride double precision, limits jsonb)
), released as (
  delete from admissions a using ${source} m where a.execution_id = m.id and a.frame = any(m.released)
  returning a.workspace_id, a.limits, a.admitted_at
), freed as (
  select r.workspace_id, l.key, count(*)::int as n from released r, jsonb_to_recordset(r.limits) as l(key text, "periodMs" float8)
  where r.admitted_at is not null and l."periodMs" is null group by 1, 2
), counted as (
  select k.workspace_id, k.key from limit_keys k join freed using (workspace_id, key) order by 1, 2 for update of k
), lowered as (
  update limit_keys k set at_work = greatest(0, k.at_work - freed.n) from freed join counted using (workspace_id, key)
  where k.workspace_id = freed.workspace_id and k.key = freed.key
), parked as (
  update admissions a set blocked_by = case when m.park then '${PAUSED}' end from ${source} m
  where m.park is not null and a.execution_id = m.id and a.admitted_at is null and not a.frame = any(m.released)
)`;
}

/** What `blocked_by` says of what a person has paused. Keys of limits begin with what they count. */
export const PAUSED = 'paused';
