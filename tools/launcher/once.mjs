import { stages } from './main-job.mjs';

/**
 * Walks the main job of a running instance as outside clients would, and prints each stage with its time and what was
 * really seen.
 * @returns the exit code: 0 when all stages were seen, 1 otherwise
 */
export async function checkMainJob(run, { readyMs, signal }) {
  console.log(`\nThe main job, seen from outside (ready after ${Math.round(readyMs)} ms)`);
  const seen = { run, signal };
  for (const [name, stage] of Object.entries(stages)) {
    const startedMs = performance.now();
    try {
      const text = await stage(seen);
      console.log(`✓ ${name.padEnd(14)} ${milliseconds(startedMs)}  ${text}`);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      console.log(`✗ ${name.padEnd(14)} ${milliseconds(startedMs)}  ${error.message}`);
      return 1;
    }
  }
  return 0;
}

const milliseconds = (startedMs) => `${Math.round(performance.now() - startedMs)} ms`.padStart(9);
