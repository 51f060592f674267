import { ConfigError } from './settings.js';

/** Runs `stop` once: on SIGTERM, SIGINT, the end of the channel to whoever started the process, or a lost promise. */
export function onStop(limitMs: number, stop: () => Promise<void>): void {
  let stopping: Promise<void> | undefined;
  const begin = (): void => {
    // Whatever it waits for, such as a NATS that is gone, must not keep it for ever.
    if (!stopping) setTimeout(() => process.exit(1), limitMs).unref();
    stopping ??= stop().catch((error: unknown) => {
      process.stderr.write(`${describeError(error)}\n`);
      process.exitCode = 1;
    });
    void stopping.finally(() => {
      if (process.connected) process.disconnect();
      // What still holds the process open has had its time.
      setTimeout(() => process.exit(), 1_000).unref();
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, begin);
  process.on('disconnect', begin);
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
    begin();
  });
}

/** Until a service can stop in order it ends at once when whoever started it has ended. Gives the way to undo that. */
export function endWithStarter(): () => void {
  const end = (): void => process.exit(1);
  process.once('disconnect', end);
  return () => process.off('disconnect', end);
}

/** What a person reading the terminal needs of an error. */
export function describeError(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
