/** A row of the log without its samples. */
export interface RowOutline {
  id: number;
  workspaceId: string;
  t0: number;
  t1: number;
  n: number;
}

/**
 * Which rows may leave the log: those older than `beforeMs`, about `maxSamples` together. A row waits for every earlier one
 * of its workspace that stays and shares times with it, so that what is in the log always came after what is in chunks.
 * @param rows in the order of the commits, none left out that begins before `beforeMs`
 */
export function sealableRows(rows: readonly RowOutline[], beforeMs: number, maxSamples: number): RowOutline[] {
  const barriers = new Map<string, number>();
  const found: RowOutline[] = [];
  let samples = 0;
  for (const row of rows) {
    if (samples >= maxSamples) break;
    const barrier = barriers.get(row.workspaceId) ?? beforeMs;
    if (row.t1 < barrier) {
      found.push(row);
      samples += row.n;
    } else barriers.set(row.workspaceId, Math.min(barrier, row.t0));
  }
  return found;
}
