/**
 * What transitions do to the queue, as parts of their statement. `source` has one row for each transition with `id`,
 * `workspace_id`, `at`, `calls`, `released` and `park`; $2 is what began under rates. A key of which as many places are
 * given back as are taken is not touched.
 */
export function queueParts(source: string): string {
  return `queued as (
  insert into admissions (execution_id, frame, workspace_id, lane, priority, rank, limits, queued_at, admitted_at)
  select m.id, c.frame, m.workspace_id, c.lane, c.priority,
    case when c.granted then 0 else greatest(
      (select a.rank from admissions a where a.lane = c.lane and a.priority = c.priority and a.admitted_at is null
         and a.blocked_by is null order by a.rank limit 1),
      (select max(a.rank) from admissions a where a.workspace_id = m.workspace_id and a.lane = c.lane
         and a.priority = c.priority and a.admitted_at is null), 0)
      + c.stride * row_number() over (partition by m.workspace_id, c.lane, c.priority order by m.at, m.id, c.frame) end,
    c.limits, m.at, case when c.granted then m.at end
  from ${source} m, jsonb_to_recordset(m.calls)
    as c(frame int, lane text, priority smallint, stride double precision, limits jsonb, granted boolean)
), released as (
  delete from admissions a using ${source} m where a.execution_id = m.id and a.frame = any(m.released)
  returning a.workspace_id, a.limits, a.admitted_at
), places as (
  select r.workspace_id, l.key, -1 as taken
  from released r, jsonb_to_recordset(r.limits) as l(key text, "periodMs" float8)
  where r.admitted_at is not null and l."periodMs" is null
  union all
  select m.workspace_id, l.key, 1
  from ${source} m, jsonb_to_recordset(m.calls) as c(granted boolean, limits jsonb),
    jsonb_to_recordset(c.limits) as l(key text, "periodMs" float8)
  where c.granted and l."periodMs" is null
), changed as (
  select workspace_id, key, sum(taken)::int as taken from places group by 1, 2 having sum(taken) <> 0
), counted as (
  select k.workspace_id, k.key from limit_keys k join changed using (workspace_id, key) order by 1, 2 for update of k
), recounted as (
  update limit_keys k set at_work = greatest(0, k.at_work + changed.taken)
  from changed join counted using (workspace_id, key)
  where k.workspace_id = changed.workspace_id and k.key = changed.key
), rated as (
  update limit_keys k set begun = r.begun, free_at = r."freeAt"
  from jsonb_to_recordset($2::jsonb) as r("workspaceId" uuid, key text, begun jsonb, "freeAt" timestamptz)
  where k.workspace_id = r."workspaceId" and k.key = r.key
), parked as (
  update admissions a set blocked_by = case when m.park then '${PAUSED}' end from ${source} m
  where m.park is not null and a.execution_id = m.id and a.admitted_at is null and not a.frame = any(m.released)
)`;
}

/** What `blocked_by` says of what a person has paused. Keys of limits begin with what they count. */
export const PAUSED = 'paused';
