import { DEFAULT_WORKSPACE_ID } from '@scm/contracts';

export const ROWS = 100_000;

const WS = `'${DEFAULT_WORKSPACE_ID}'::uuid`;
/** A different uuid for each number, the same in every run. */
export const uuidAt = (kind: number, i: number | string): string =>
  `00000000-0000-7000-8${String(kind).padStart(3, '0')}-${typeof i === 'number' ? i.toString(16).padStart(12, '0') : i}`;
const id = (kind: number, i = 'i') =>
  `('00000000-0000-7000-8${String(kind).padStart(3, '0')}-' || lpad(to_hex(${i}), 12, '0'))::uuid`;
/** Row i was made i milliseconds after this. */
export const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const AT = `'2026-01-01T00:00:00Z'::timestamptz + i * interval '1 ms'`;
const rows = `generate_series(1, ${ROWS}) as g(i)`;
const pick = (...values: string[]) => `(array[${values.map((v) => `'${v}'`).join(', ')}])[1 + i % ${values.length}]`;

/** Makes the rows of every table that grows, nearly all in one workspace and in the states in which rows end. By schema. */
export const fills: Record<string, string[]> = {
  auth: [
    `insert into users (id, username, password_hash) select ${id(1)}, 'filled-' || i, 'x' from ${rows}`,
    `insert into workspaces (id, name) select ${id(2)}, 'filled-' || i from ${rows}`,
    `insert into memberships (workspace_id, user_id, role, created_at) select ${WS}, ${id(1)}, 'viewer', ${AT} from ${rows}`,
    `insert into memberships (workspace_id, user_id, role, created_at)
     select ${id(2)}, (select id from users where username = 'admin'), 'admin', ${AT} from ${rows}`,
    `insert into sessions (id, workspace_id, user_id, expires_at) select ${id(3)}, ${WS}, ${id(1)}, now() from ${rows}`,
    `insert into refresh_tokens (hash, workspace_id, session_id, expires_at, consumed_at)
     select 'filled-' || i, ${WS}, ${id(3)}, now(), now() from ${rows}`,
    `insert into api_keys (id, workspace_id, name, role, secret_hash, created_at, created_by)
     select ${id(4)}, ${WS}, 'filled', 'viewer', 'x', ${AT}, 'x' from ${rows}`,
    `insert into audit_records (id, workspace_id, at, service, actor_kind, actor_id, actor_name, action, outcome)
     select ${id(5)}, ${WS}, ${AT}, 'auth', 'user', 'actor-' || i % 1000, 'x', 'action-' || i % 100,
       case when i % 1000 = 0 then ${pick('denied', 'failed', 'started', 'unknown', 'allowed')} else 'done' end from ${rows}`,
  ],
  metrics: [
    `insert into series (workspace_id, fingerprint, name, labels, first_seen)
     select ${WS}, 'filled-' || i, 'filled_' || i % 1000, '{}', ${AT} from ${rows}`,
    // Of the last two hours: what is older is sealed.
    `insert into sample_log (workspace_id, t0, t1, n, data) select ${WS}, x.ms, x.ms + 1000, 100, '' from ${rows},
       lateral (select (extract(epoch from now()) * 1000)::bigint - (${ROWS} - i) * 72 as ms) x`,
    // The same series in seven days, each full.
    `select make_chunk_partition(0::smallint, x.day * 86400000::bigint, (x.day + 1) * 86400000::bigint)
     from generate_series(0, 6) d, lateral (select (extract(epoch from now()) / 86400)::bigint - d as day) x`,
    `insert into chunks (tier, workspace_id, series_id, t0, t1, n, encoding, data)
     select 0, ${WS}, i / 7, x.ms, x.ms + 7200000, 480, 1, '' from ${rows},
       lateral (select ((extract(epoch from now()) / 86400)::bigint - i % 7) * 86400000 as ms) x`,
    `insert into chunk_usage (workspace_id, tier, from_ms, chunks, samples, bytes, oldest_ms)
     select case when i % 1000 = 0 then ${WS} else ${id(2)} end, 0, i * 86400000::bigint, 1, 1, 1, 0 from ${rows}`,
    `insert into alert_rules (id, workspace_id, alert, expr, labels, annotations, created_by, created_at)
     select ${id(6)}, ${WS}, 'Filled', 'filled > 1', '{}', '{}', 'x', ${AT} from ${rows}`,
    `insert into alert_instances (workspace_id, rule_id, fingerprint, state, labels, annotations, value, active_at)
     select ${WS}, ${id(6)}, 'f', 'firing', '{}', '{}', 1, ${AT} from ${rows}`,
    `insert into rule_files (workspace_id, name, document, groups, rules, created_by)
     select ${WS}, 'filled-' || lpad(i::text, 6, '0'), '{}', 1, 0, 'x' from ${rows}`,
    `insert into rule_groups (id, workspace_id, file, name, position, interval_ms, next_at)
     select ${id(21)}, ${WS}, 'filled-' || lpad(i::text, 6, '0'), 'filled', 0, 60000, now() + interval '1 hour' from ${rows}`,
  ],
  workflow: [
    `insert into workflows (workspace_id, name, newest_version)
     select ${WS}, 'filled-' || lpad(i::text, 6, '0'), '1.0.0' from ${rows}`,
    `insert into workflow_versions (workspace_id, name, version, digest, document, created_by, created_at)
     select ${WS}, 'filled-' || lpad(i::text, 6, '0'), '1.0.0', 'x', '{}', 'x', ${AT} from ${rows}`,
    `insert into workflow_versions (workspace_id, name, version, digest, document, created_by, created_at)
     select ${WS}, 'staged', '2.0.' || i, 'x', '{}', 'x', ${AT} from ${rows}`,
    `insert into executions (id, workspace_id, workflow, version, status, revision, state, started_by, created_at,
       ended_at, open_calls, opened_at, listens, check_at)
     select ${id(7)}, ${WS}, case when i % 4 = 0 then 'filled-' || lpad((i % 100)::text, 6, '0') else 'filled-000007' end, '1.0.0', x.status, 1, '{}', 'x', ${AT}, ${AT},
       case when x.open then array['processing'] end, case when x.open then now() end,
       case when x.open then array['filled'] end, case when x.open then now() + interval '1 hour' end
     from ${rows}, lateral (select i % 100 = 0 as open, case when i % 100 = 0 then 'running'
       when i % 1000 = 7 then ${pick('faulted', 'cancelled', 'waiting', 'suspended')} else 'completed' end as status) x`,
    `insert into schedules (workspace_id, workflow, version, timing, next_at, check_at, last_execution_id)
     select ${WS}, 'filled-' || lpad(i::text, 6, '0'), '1.0.0', '{"everyMs": 1000}',
       now() + interval '1 day', now() + interval '1 day', ${id(7)} from ${rows}`,
    `insert into execution_attributes (execution_id, name, workspace_id, value, created_at)
     select ${id(7)}, 'team', ${WS}, ${pick('filled', 'other')}, ${AT} from ${rows}`,
    `insert into execution_attributes (execution_id, name, workspace_id, value, created_at)
     select ${id(7)}, 'number', ${WS}, i::text, ${AT} from ${rows}`,
    `insert into workspace_keys (workspace_id, wrapped, created_at) select ${id(2)}, 'x', ${AT} from ${rows}`,
    `insert into blobs (execution_id, id, workspace_id, bytes, sealed, created_at)
     select ${id(7)}, 'x', ${WS}, 1, '', ${AT} from ${rows}`,
    `insert into history_events (execution_id, seq, workspace_id, at, type, data)
     select (select id from executions where workflow = 'staged' order by created_at limit 1), 1000 + i, ${WS}, ${AT}, 'x', '{}'
     from ${rows}`,
    // A backlog of other workspaces too; nearly all of what holds a key is at work.
    `insert into admissions (execution_id, frame, workspace_id, lane, priority, rank, limits, queued_at, blocked_by, admitted_at)
     select ${id(7)}, 2, case when i % 4 = 0 then ${id(2)} else ${WS} end, 'action', 1 + i % 5, i,
       case when i % 2 = 0 then '[{"key": "step:filled", "limit": 1}]'::jsonb end, ${AT},
       case when i % 10 = 2 then 'step:filled-' || i % 1000 end, case when i % 10 in (4, 6, 8) then now() end from ${rows}`,
    `insert into limit_keys (workspace_id, key, at_work, free_at)
     select ${WS}, 'step:filled-' || i, case when i % 100 = 0 then 0 else 1 end, now() + interval '1 hour' from ${rows}`,
  ],
  notify: [
    `insert into alerts (id, workspace_id, rule_id, fingerprint, name, state, severity, labels, annotations, value,
       starts_at, created_at)
     select ${id(8)}, ${WS}, ${id(6)}, 'f', 'Filled', case when i % 100 = 0 then 'firing' else 'resolved' end, 'info',
       '{}', '{}', 1, ${AT}, ${AT} from ${rows}`,
    `insert into silences (id, workspace_id, matchers, starts_at, ends_at, comment, created_by, created_at, announced)
     select ${id(9)}, ${WS}, '{"a": "b"}', ${AT}, ${AT} + interval '1 hour', 'x', 'x', ${AT}, 'expired' from ${rows}`,
    `insert into notifications (id, workspace_id, key, topic, title, body, severity, data, created_at, read_at, in_inbox)
     select ${id(10)}, ${WS}, 'filled-' || i, 'filled', 'x', 'x', 'info', '{}', ${AT},
       case when i % 1000 <> 0 then now() end, i > ${ROWS / 2} from ${rows}`,
    `insert into webhooks (id, workspace_id, url, topics, sealed_secret, created_at)
     select ${id(11)}, ${WS}, 'https://example.org', '{never}', 'x', ${AT} from ${rows}`,
    `insert into email_contacts (id, workspace_id, address, topics, created_at)
     select ${id(12)}, ${WS}, 'x@example.org', '{never}', ${AT} from ${rows}`,
    `insert into templates (workspace_id, channel, name, last_version, active_version)
     select ${WS}, ${pick('inbox', 'email', 'webhook')}, 'filled-' || lpad(i::text, 6, '0'), 1,
       case when i > ${ROWS / 2} then 1 end from ${rows}`,
    `insert into template_versions (id, workspace_id, channel, name, version, title, body, created_by, created_at)
     select ${id(13)}, ${WS}, 'email', 'staged', 10 + i, 'x', 'x', 'x', ${AT} from ${rows}`,
    // A backlog: what waits for one target that does not answer, and what is due at others.
    `insert into deliveries (id, workspace_id, notification_id, channel, webhook_id, email_contact_id, state, attempts,
       next_attempt_at, created_at)
     select ${id(14)}, ${WS}, ${id(10)}, ${pick('webhook', 'email')},
       case when i % 2 = 0 then x.target end, case when i % 2 = 1 then x.target end,
       case when i % 10 < 8 then 'confirmed' when i % 1000 = 8 then 'dead-lettered' else 'retrying' end, 1, ${AT}, ${AT}
     from ${rows}, lateral (select ${id(11, 'case when i % 10 = 9 or i % 100 = 8 then i % 1000 else 7 end')} as target) x`,
  ],
  mcp: [
    `insert into upstreams (id, workspace_id, name, transport, url, header_names, namespace, enabled, created_at)
     select ${id(17)}, ${WS}, 'filled-' || lpad(i::text, 6, '0'), 'sse', 'http://127.0.0.1:9/', '{}', 'x', true, ${AT} from ${rows}`,
    `insert into virtual_servers (workspace_id, name, members, created_at)
     select ${WS}, 'filled-' || lpad(i::text, 6, '0'), '[]', ${AT} from ${rows}`,
    `insert into captures (id, workspace_id, keeps_secrets, max_exchanges, started_at, until_at, ended_at)
     select ${id(19)}, ${WS}, false, 1, ${AT}, ${AT}, case when i % 100 > 0 then ${AT} end from ${rows}`,
    `insert into captured_exchanges (id, workspace_id, capture_id, summary, sealed)
     select ${id(20)}, ${WS}, ${id(19, 'i % 100')}, '{}', '' from ${rows}`,
    `insert into tasks (id, workspace_id, principal, tool, is_open, sealed_state, created_at, updated_at, expires_at)
     select ${id(21)}, ${WS}, 'user:' || case when i % 2 = 0 then 'filled' else (i % 1000)::text end, 'x', i % 1000 = 0, 'x', ${AT}, ${AT},
       now() + interval '1 hour' from ${rows}`,
    `insert into upstream_authorizations (upstream_id, workspace_id, sealed, authorized_at)
     select ${id(17)}, ${WS}, 'x', ${AT} from ${rows}`,
    `insert into upstream_authorization_requests (id, workspace_id, upstream_id, sealed, expires_at)
     select ${id(18)}, ${WS}, ${id(17)}, 'x', now() + interval '1 hour' from ${rows}`,
  ],
};

/** Tables that every schema has. */
export const commonFills: string[] = [
  `insert into idempotency_keys (workspace_id, actor_id, key, subject, request_hash, locked_until)
   select ${WS}, 'x', 'filled-' || i, 'x', 'x', now() from ${rows}`,
  // Nearly all were published: some are kept, for a stream that may be restored.
  `insert into event_outbox (workspace_id, id, subject, keys, payload, published_seq)
   select ${WS}, ${id(15)}, 'x', '{}', '{}', case when i % 10 > 0 then i end from ${rows}`,
  `insert into audit_events (id, workspace_id, at, actor_kind, actor_id, actor_name, action, outcome, collected_at)
   select ${id(16)}, ${WS}, ${AT}, 'user', 'x', 'x', 'x', 'done', case when i % 10 > 0 then now() end from ${rows}`,
];
