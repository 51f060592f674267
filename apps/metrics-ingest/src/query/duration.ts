const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
const MAX_MS = 100 * 31_536_000_000;

/** Milliseconds of a Prometheus duration such as `5m` or `1h30m`; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const match = text.length <= 64 ? DURATION.exec(text) : null;
  if (!match || text === '') return undefined;
  const ms = UNITS.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * (UNIT_MS[unit] ?? 0), 0);
  return ms <= MAX_MS ? ms : undefined;
}
