import fs from 'node:fs';
import path from 'node:path';

/**
 * One figure of a bench.
 * @param {string} [versus] what it is compared with, measured in the same run
 * @param {number} [limit] the value of that; the ratio is value / limit
 */
export function row(name, value, unit, versus, limit) {
  return { name, value: rounded(value), unit, versus: versus && `${versus}: ${rounded(limit)}`, ratio: ratio() };

  function ratio() {
    return limit === undefined ? undefined : rounded(value / limit);
  }
}

export function writeRows(folder, name, rows) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(rows, null, 2)}\n`);
}

export function printRows(name, rows, elapsedMs) {
  const cells = rows.map((r) => [
    r.name,
    String(r.value),
    r.unit,
    r.ratio === undefined ? '' : `${r.ratio} of`,
    r.versus ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((line) => line[column].length)));
  console.log(`\n${name} (${(elapsedMs / 1_000).toFixed(1)} s)`);
  for (const [label, value, unit, share, versus] of cells) {
    const left = `  ${label.padEnd(widths[0])}  ${value.padStart(widths[1])} ${unit.padEnd(widths[2])}`;
    console.log(`${left}  ${share.padStart(widths[3])} ${versus}`.trimEnd());
  }
}

/** Three digits that count, whole above a hundred. */
function rounded(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
