const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const MAX_MS = 100 * 31_536_000_000;

/** Milliseconds of a Prometheus duration such as `5m` or `1h30m`; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const match = text.length <= 64 ? DURATION.exec(text) : null;
  if (!match || text === '') return undefined;
  const ms = UNITS.reduce((sum, [, unitMs], i) => sum + Number(match[i + 1] ?? 0) * unitMs, 0);
  return ms <= MAX_MS ? ms : undefined;
}

/** A duration as Prometheus writes it: years, weeks and days only where they say it exactly. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.abs(ms);
  let text = ms < 0 ? '-' : '';
  for (const [unit, unitMs] of UNITS) {
    const isExact = unit === 'y' || unit === 'w' || unit === 'd';
    if (isExact && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}
