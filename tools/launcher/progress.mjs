const width = 12;

/** Runs a step and prints its name, what it came to and how long it took. */
export async function progress(name, step, tell = () => '') {
  const label = name.padEnd(width);
  if (process.stdout.isTTY) process.stdout.write(`  ${label} …`);
  const startedMs = performance.now();
  try {
    const result = await step();
    print(`✓ ${label} ${seconds(startedMs)}  ${tell(result) ?? ''}`);
    return result;
  } catch (error) {
    print(`✗ ${label} ${seconds(startedMs)}`);
    throw error;
  }
}

/** Announces a step that prints for itself. */
export const announce = (text) => console.log(`  ${text}`);

const seconds = (startedMs) => `${((performance.now() - startedMs) / 1000).toFixed(2).padStart(6)} s`;

function print(line) {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  console.log(line.trimEnd());
}
