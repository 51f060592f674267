const required = ({ scenarios }) => scenarios.filter(({ notScored }) => notScored === undefined);

/** One line a run: what stood behind the door, what was asked of it, and how it came out. */
export function printTable(rows) {
  console.table(
    rows.map((row) => {
      const scored = required(row);
      const { what, upstream, requirements } = row;
      const failed = scored.filter(({ ok }) => !ok);
      return { what, upstream, requirements, passed: scored.length - failed.length, of: scored.length };
    }),
  );
  for (const { what, upstream, requirements, scenarios } of rows) {
    for (const { name, ok, notScored, reasons } of scenarios) {
      if (!ok)
        console.log(
          `${what}, upstream ${upstream}, ${requirements}: ${name}${notScored ? ` (${notScored})` : ''}\n  ${reasons[0] ?? ''}`,
        );
    }
  }
}

/** The closing line. @returns whether nothing that is scored failed. */
export function printTotals(rows) {
  const scored = rows.flatMap(required);
  const failed = scored.filter(({ ok }) => !ok).length;
  const skipped = rows.flatMap(({ scenarios }) => scenarios).length - scored.length;
  console.log(`${scored.length - failed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 && scored.length > 0;
}
