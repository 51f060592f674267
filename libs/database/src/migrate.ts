import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier as ident, escapeLiteral as literal } from 'pg';
import { baseWithoutWorkspace } from './base.entities.js';
import { dataSource, type DatabaseDeclaration, type DatabaseUrls } from './database.js';

export interface MigrateUrls extends DatabaseUrls {
  /** Owns the schemas; may CREATE on the database and CREATE ROLE. */
  ownerUrl: string;
}

/**
 * Brings a service's schema up to date, under a lock, so that replicas may start at once. Creates the schema and its two
 * roles when they are missing, and puts every table that has a `workspace_id` under forced row-level security.
 * @throws TypeError for a table that neither has a `workspace_id` nor is declared to belong to no workspace.
 */
export async function migrate(declaration: DatabaseDeclaration, urls: MigrateUrls): Promise<string[]> {
  const owner = new Client({ connectionString: urls.ownerUrl });
  // A lost connection fails the statement under way; the event alone would end the process without a word of ours.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await owner.query(`select pg_advisory_lock(hashtext($1))`, [`scm.migrate.${declaration.schema}`]);
    await owner.query(`create schema if not exists ${ident(declaration.schema)}`);
    await ensureRole(owner, urls.url);
    await ensureRole(owner, urls.systemUrl);
    const applied = await runMigrations(declaration, urls.ownerUrl);
    await grantAndIsolate(owner, declaration, urls);
    return applied;
  } finally {
    await owner.end();
  }
}

async function runMigrations(declaration: DatabaseDeclaration, ownerUrl: string): Promise<string[]> {
  const source = await dataSource(declaration, ownerUrl, 1).initialize();
  try {
    return (await source.runMigrations({ transaction: 'each' })).map((m) => m.name);
  } finally {
    await source.destroy();
  }
}

/** Roles belong to the whole server, so two schemas or databases may touch one at once: Postgres then refuses, and we repeat. */
async function ensureRole(owner: Client, url: string): Promise<void> {
  const { username, password } = new URL(url);
  const [name, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  for (let attempt = 0; ; attempt++) {
    try {
      const { rowCount } = await owner.query(`select 1 from pg_roles where rolname = $1`, [name]);
      const verb = rowCount === 0 ? 'create' : 'alter';
      await owner.query(
        `${verb} role ${ident(name)} login nosuperuser nocreatedb nocreaterole password ${literal(secret)}`,
      );
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(50 * (attempt + 1));
    }
  }
}

async function grantAndIsolate(owner: Client, declaration: DatabaseDeclaration, urls: DatabaseUrls): Promise<void> {
  const schema = ident(declaration.schema);
  const [request, system] = [urls.url, urls.systemUrl].map((url) => ident(decodeURIComponent(new URL(url).username)));
  await owner.query(`grant usage on schema ${schema} to ${request}, ${system}`);
  await owner.query(`grant usage on all sequences in schema ${schema} to ${request}, ${system}`);
  const shared = [...baseWithoutWorkspace, ...(declaration.withoutWorkspace ?? [])];
  for (const { name, scoped } of await tablesOf(owner, declaration.schema)) {
    if (!scoped && !shared.includes(name)) throw new TypeError(`${declaration.schema}.${name} has no workspace_id`);
    const table = `${schema}.${ident(name)}`;
    await owner.query(`grant select, insert, update, delete on ${table} to ${system}`);
    if (!scoped) continue;
    await owner.query(`grant select, insert, update, delete on ${table} to ${request}`);
    await owner.query(`alter table ${table} enable row level security, force row level security`);
    await replacePolicy(
      owner,
      table,
      'one_workspace',
      request,
      `workspace_id = nullif(current_setting('scm.workspace', true), '')::uuid`,
    );
    await replacePolicy(owner, table, 'all_workspaces', system, 'true');
  }
  for (const signature of declaration.systemFunctions ?? []) {
    await owner.query(`revoke all on function ${schema}.${signature} from public`);
    await owner.query(`grant execute on function ${schema}.${signature} to ${system}`);
  }
}

async function replacePolicy(
  owner: Client,
  table: string,
  policy: string,
  role: string | undefined,
  condition: string,
): Promise<void> {
  await owner.query(`drop policy if exists ${policy} on ${table}`);
  await owner.query(`create policy ${policy} on ${table} to ${role} using (${condition}) with check (${condition})`);
}

/** Partitions are reached by way of their table only, which is what the roles are granted. */
async function tablesOf(owner: Client, schema: string): Promise<{ name: string; scoped: boolean }[]> {
  const { rows } = await owner.query<{ name: string; scoped: boolean }>(
    `select c.relname as name, exists (
       select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped) as scoped
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition`,
    [schema],
  );
  return rows;
}

/** The statements that would make the schema equal to the entities; none when migrations and entities agree. */
export async function schemaDrift(declaration: DatabaseDeclaration, ownerUrl: string): Promise<string[]> {
  const source = await dataSource(declaration, ownerUrl, 1).initialize();
  try {
    const log = await source.driver.createSchemaBuilder().log();
    return log.upQueries.map((q) => q.query);
  } finally {
    await source.destroy();
  }
}
