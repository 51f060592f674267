type OfTime = (time: Date) => number;

/** Functions of a time in UTC. */
export const ofTime: ReadonlyMap<string, OfTime> = new Map<string, OfTime>([
  ['day_of_month', (time) => time.getUTCDate()],
  ['day_of_week', (time) => time.getUTCDay()],
  ['day_of_year', dayOfYear],
  ['days_in_month', (time) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 0)).getUTCDate()],
  ['hour', (time) => time.getUTCHours()],
  ['minute', (time) => time.getUTCMinutes()],
  ['month', (time) => time.getUTCMonth() + 1],
  ['year', (time) => time.getUTCFullYear()],
]);

/** What a function says of Unix seconds. */
export function atSeconds(read: OfTime): (seconds: number) => number {
  return (seconds) => read(new Date(Math.trunc(seconds) * 1_000));
}

function dayOfYear(time: Date): number {
  const day = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate());
  return (day - Date.UTC(time.getUTCFullYear(), 0, 1)) / 86_400_000 + 1;
}
