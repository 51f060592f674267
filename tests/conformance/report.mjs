import { shortfallOf } from './shortfalls.mjs';

const required = ({ scenarios }) => scenarios.filter(({ notScored }) => notScored === undefined);

/** One line a run: what stood behind the door, what was asked of it, and how it came out. */
export function printTable(rows) {
  console.table(
    rows.map((row) => {
      const scored = required(row);
      const passed = scored.filter(({ ok }) => ok).length;
      const { what, upstream, requirements } = row;
      return { what, upstream, requirements, passed, of: scored.length };
    }),
  );
  for (const row of rows) for (const line of failures(row)) console.log(line);
}

function failures(row) {
  const { what, upstream, requirements, scenarios } = row;
  return scenarios
    .filter(({ ok }) => !ok)
    .map(({ name, notScored, reasons }) => {
      const why = shortfallOf(row, name) ?? notScored;
      return `${what}, upstream ${upstream}, ${requirements}: ${name}${why ? ` (${why})` : ''}\n  ${reasons[0] ?? ''}`;
    });
}

/** The closing line: what the sets do not score counts too, and known shortfalls as skipped. @returns whether all is as it should be. */
export function printTotals(rows) {
  const all = rows.flatMap((row) =>
    row.scenarios.map(({ name, ok }) => ({ row, name, ok, isKnown: shortfallOf(row, name) !== undefined })),
  );
  const stale = all.filter(({ ok, isKnown }) => ok && isKnown);
  for (const { row, name } of stale) console.log(`passes although it is known to fail: ${row.requirements} ${name}`);
  const passed = all.filter(({ ok, isKnown }) => ok && !isKnown).length;
  const skipped = all.filter(({ ok, isKnown }) => !ok && isKnown).length;
  const failed = all.length - passed - skipped;
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 && passed > 0;
}
