import { parseArgs } from 'node:util';

export const usage = `npm start [-- options]
  --workers N     how many step-workers processes (default 1)
  --protocols N   how many mcp-protocol processes (default 1)
  --fresh         begin with empty data; servers of your own are left as they are
  --once          run the main job in a private instance as a self-check, then stop: exit code 0 or 1
  --private       a private instance with data of its own on a free port, gone after it stops
  --run-file F    where to describe the running instance (default .scm/run.json)
environment: SCM_PORT (8080), SCM_HOST (127.0.0.1), SCM_NATS_URL, SCM_DATABASE_URL, SCM_REDIS_URL,
  SCM_DATA_DIR, SCM_CACHE_DIR (see README.md)`;

const known = {
  workers: { type: 'string', default: '1' },
  protocols: { type: 'string', default: '1' },
  fresh: { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
  private: { type: 'boolean', default: false },
  'run-file': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
};

/** The options of `npm start`; throws a TypeError that names the wrong one. */
export function readOptions(argv, env) {
  const { workers, protocols, 'run-file': runFile, ...flags } = parse(argv);
  return {
    ...flags,
    runFile,
    workers: whole('--workers', workers, 1, 64),
    protocols: whole('--protocols', protocols, 1, 16),
    port: whole('SCM_PORT', env.SCM_PORT || '8080', 1, 65_535),
    host: env.SCM_HOST || '127.0.0.1',
  };
}

function parse(args) {
  try {
    return parseArgs({ args, options: known }).values;
  } catch ({ message }) {
    throw new TypeError(`${message}\n\n${usage}`);
  }
}

function whole(name, text, least, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}
