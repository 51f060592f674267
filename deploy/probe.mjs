// Exits with 0 when the heartbeat file was touched within the given number of seconds, 10 by default: `probe.mjs [seconds]`.
import { statSync } from 'node:fs';

const file = process.env.SCM_HEARTBEAT_FILE;
const maxAgeSeconds = Number(process.argv[2] ?? 10);
const modified = file && statSync(file, { throwIfNoEntry: false })?.mtimeMs;

if (modified === undefined || modified === '') fail(`there is no heartbeat at ${file ?? 'SCM_HEARTBEAT_FILE'}`);
const ageSeconds = (Date.now() - modified) / 1_000;
if (!(ageSeconds <= maxAgeSeconds)) fail(`the last heartbeat is ${ageSeconds.toFixed(1)} s old`);

function fail(why) {
  console.error(why);
  process.exit(1);
}
