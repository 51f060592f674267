const UNITS_MS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 } as const;
type Unit = keyof typeof UNITS_MS;

const ISO =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_MS = [7 * UNITS_MS.days, UNITS_MS.days, UNITS_MS.hours, UNITS_MS.minutes, UNITS_MS.seconds];

/**
 * Milliseconds of an ISO 8601 duration such as `PT1M30S` or of `{minutes: 1, seconds: 30}`; undefined for anything else.
 * Years and months have no fixed length and are not read.
 */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration === 'string') return isoMs(duration);
  if (typeof duration !== 'object' || duration === null) return undefined;
  const parts = Object.entries(duration);
  if (parts.length === 0 || !parts.every(isPart)) return undefined;
  return parts.reduce((total, [unit, count]) => total + (count as number) * UNITS_MS[unit as Unit], 0);
}

function isoMs(text: string): number | undefined {
  const counts = ISO.exec(text)?.slice(1);
  if (!counts?.some((count) => count !== undefined)) return undefined;
  return Math.round(counts.reduce((total, count, i) => total + Number(count ?? 0) * (ISO_MS[i] ?? 0), 0));
}

function isPart([unit, count]: [string, unknown]): boolean {
  return Object.hasOwn(UNITS_MS, unit) && Number.isInteger(count) && (count as number) >= 0;
}
