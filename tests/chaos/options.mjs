import { parseArgs } from 'node:util';

export const usage = `npm run test:chaos [-- options]
  --suite NAMES    faults, power-loss, epoch, workflow or controls; several with commas (default: all)
  --seed NUMBERS   the seeds to use, with commas (default: drawn for this run and printed)
  --seeds N        how many seeds each suite draws (default: as the profile says)
  --profile NAME   full or short (default: full)
  --logs FOLDER    where to keep the logs of the services
  --verbose        what happens while it happens`;

const known = {
  suite: { type: 'string' },
  seed: { type: 'string' },
  seeds: { type: 'string' },
  profile: { type: 'string', default: 'full' },
  logs: { type: 'string' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

/** How many seeds each suite draws. */
const profiles = {
  full: { faults: 3, 'power-loss': 10, epoch: 3, workflow: 5, controls: 2 },
  short: { faults: 1, 'power-loss': 3, epoch: 1, workflow: 1, controls: 1 },
};

/** The options as `{suites: {name: how many seeds}, seeds?, logs?, verbose, help}`; throws a TypeError that names a wrong one. */
export function readOptions(args) {
  const { suite, seed, seeds, profile, ...others } = parsed(args);
  const counts = profiles[oneOf('--profile', profile, Object.keys(profiles))];
  const names = suite?.split(',').map((name) => oneOf('--suite', name, Object.keys(counts))) ?? Object.keys(counts);
  return {
    ...others,
    suites: Object.fromEntries(
      names.map((name) => [name, seeds === undefined ? counts[name] : whole('--seeds', seeds, 1)]),
    ),
    seeds: seed?.split(',').map((text) => whole('--seed', text, 0)),
  };
}

function parsed(args) {
  try {
    return parseArgs({ args, options: known }).values;
  } catch ({ message }) {
    throw new TypeError(`${message}\n\n${usage}`);
  }
}

function oneOf(option, name, names) {
  if (names.includes(name)) return name;
  throw new TypeError(`${option} knows ${names.join(', ')}, not "${name}"`);
}

function whole(option, text, least) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new TypeError(`${option} must be a whole number from ${least}, not "${text}"`);
}
