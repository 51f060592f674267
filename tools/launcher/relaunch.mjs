import { spawn } from 'node:child_process';
import fs from 'node:fs';

/**
 * Makes sure a script runs on Node `node`: under another one it starts itself again, passes signals on, and exits as
 * the second run does. The channel between the two ends the second run when the first is killed.
 * @returns true when this process is only the messenger and has nothing more to do
 */
export function relaunchedOn(node, script) {
  if (fs.realpathSync(process.execPath) === node) {
    if (process.channel) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel?.unref();
    return false;
  }
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => process.exit(code ?? 1));
  return true;
}
