/** A server program and what it needs in its environment. */
export interface Program {
  command: string;
  env?: NodeJS.ProcessEnv;
}

/** What `tools/test.mjs` made ready for suites with real servers. */
export interface TestServers {
  /** Folder of the repository. */
  clone: string;
  /** Folder of this run; servers in its subfolders are ended after it whatever happens. */
  folder: string;
  nats: Program;
  redis: Program;
  /** `programs` is the folder of `initdb` and `postgres`. */
  postgres: { programs: string; env?: NodeJS.ProcessEnv };
  /** The user Postgres runs as when the tests run as root. */
  postgresUser: { uid?: number; gid?: number };
  /** The running Postgres of this run, as a role that may create databases and roles. */
  databaseUrl: string;
}

/** The servers of this test run; throws when the tests were not started by the runner that provides them. */
export function testServers(): TestServers {
  const text = process.env.SCM_TEST_SERVERS;
  if (!text) throw new Error('this suite needs real servers: run it with `node tools/test.mjs --only <path pattern>`');
  return JSON.parse(text) as TestServers;
}
