/** Prints rows of equal fields as a table. */
export function printTable(title, rows) {
  console.log(`\n${title}`);
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    console.log(`  ${line.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}

/** Prints what was counted, one count a line. */
export const printCounts = (title, counts) =>
  printTable(
    title,
    Object.entries(counts).map(([what, value]) => ({ what, value })),
  );

/** Prints what was violated of one part of a suite, or that nothing was. */
export function printVerdict(name, violations, elapsedMs) {
  const seconds = (elapsedMs / 1_000).toFixed(0);
  console.log(`\n${violations.length === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  for (const violation of violations) console.log(`  ${violation}`);
}
