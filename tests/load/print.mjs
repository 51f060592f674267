const columns = ['', 'offered/s', 'answered/s', 'p50 ms', 'p99 ms', 'refused', 'events/s', 'late ms', 'answers'];
const widths = [8, 10, 11, 9, 9, 8, 9, 8];

const line = (cells) =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i] ?? 0))).join(' ');

export function printTitle() {
  console.log(`\n${line(columns)}`);
}

/** `late ms` is how late the generator itself was: beyond some milliseconds the machine is too small for both. */
export function printStep(name, perSecond, step) {
  const seconds = step.sent / perSecond;
  const numbers = [
    step.goodPerSecond.toFixed(0),
    step.p50Ms.toFixed(1),
    step.p99Ms.toFixed(1),
    `${((100 * step.refused) / step.sent).toFixed(1)} %`,
    (step.streams.events / seconds).toFixed(0),
    step.generatorLateMs.toFixed(0),
  ];
  console.log(line([name, String(perSecond), ...numbers, answersOf(step)]));
}

function answersOf({ kinds }) {
  const all = {};
  for (const statuses of Object.values(kinds))
    for (const [status, count] of Object.entries(statuses)) all[status] = (all[status] ?? 0) + count;
  return Object.entries(all)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}
