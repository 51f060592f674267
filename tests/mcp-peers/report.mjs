/** What one client came to with one upstream, as a cell of the matrix: `19/19`, or how many failed. */
function cellOf({ results = {}, violations = [], failure }) {
  if (failure !== undefined) return 'none';
  const done = Object.values(results).filter((result) => result !== 'none');
  const ok = done.filter((result) => result === 'ok').length;
  return `${ok}/${done.length}${violations.length > 0 ? ` !${violations.length}` : ''}`;
}

export function isGood({ results = {}, violations = [], failure }) {
  const done = Object.values(results).filter((result) => result !== 'none');
  return failure === undefined && violations.length === 0 && done.length >= 11 && done.every((r) => r === 'ok');
}

/** A line for each client, a column for each upstream. */
export function printMatrix(cells, upstreams) {
  const names = upstreams.map(({ name }) => name);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const rows = Map.groupBy(cells, ({ client }) => client);
  console.log(`operations that went well of those tried; ! messages against the schema\n`);
  console.log(`${'client \\ upstream'.padEnd(20)}${names.map((name) => name.padStart(width)).join('')}`);
  for (const [client, ofClient] of rows) {
    const shown = names.map((name) => cellOf(ofClient.find(({ upstream }) => upstream === name) ?? {}).padStart(width));
    console.log(`${client.padEnd(20)}${shown.join('')}`);
  }
}

/** Why cells are not good, each reason once. */
export function printFaults(cells) {
  const faults = new Map();
  for (const { client, upstream, results = {}, violations = [], failure } of cells) {
    const failed = Object.entries(results).filter(([, result]) => result !== 'ok' && result !== 'none');
    const all = [...failed.map(([name, why]) => `${name}: ${why}`), ...violations, ...(failure ? [failure] : [])];
    for (const fault of all) faults.set(fault, [...(faults.get(fault) ?? []), `${client} x ${upstream}`]);
  }
  for (const [fault, where] of faults) {
    console.log(
      `\n${fault.replaceAll(/\s+/g, ' ')}\n  ${where.slice(0, 6).join(', ')}${where.length > 6 ? ` and ${where.length - 6} more` : ''}`,
    );
  }
}
