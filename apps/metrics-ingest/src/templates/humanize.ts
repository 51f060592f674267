const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['', 'm', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

/** A number with an SI prefix: `1.234k`, `12m`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return goNumber(value, 4);
  return Math.abs(value) >= 1 ? scaled(value, 1_000, LARGE) : scaledUp(value);
}

/** A number with a prefix of 1024: `1.5Mi`. */
export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || !Number.isFinite(value) ? goNumber(value, 4) : scaled(value, 1_024, BINARY);
}

export function humanizePercentage(ratio: number): string {
  return `${goNumber(ratio * 100, 4)}%`;
}

/** Seconds as days, hours, minutes and seconds, or with a prefix below one second: `1h 2m 3s`, `12ms`. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return goNumber(seconds, 4);
  if (seconds === 0) return '0s';
  if (Math.abs(seconds) < 1) return `${scaledUp(seconds)}s`;
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(seconds));
  const [days, hours, minutes, rest] = [whole / 86_400, (whole / 3_600) % 24, (whole / 60) % 60, whole % 60].map(
    Math.trunc,
  ) as [number, number, number, number];
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${rest}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${rest}s`;
  if (minutes > 0) return `${sign}${minutes}m ${rest}s`;
  return `${sign}${goNumber(Math.abs(seconds), 4)}s`;
}

/** Unix seconds as Go prints an instant in UTC. */
export function humanizeTimestamp(seconds: number): string {
  const ms = Math.trunc(seconds * 1_000);
  if (!(Math.abs(ms) <= 8.64e15)) return goNumber(seconds, 4);
  const [date = '', time = ''] = new Date(ms).toISOString().split('T');
  return `${date} ${time.slice(0, -1).replace(/\.?0+$/, '')} +0000 UTC`;
}

/** A number as Go's `%.<digits>g` writes it; `digits` of undefined is the shortest text that reads back the same. */
export function goNumber(value: number, digits?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponent = '0'] = value.toExponential(digits === undefined ? undefined : digits - 1).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  const power = Number(exponent);
  // Go decides as if it had six digits where it writes as many as are needed.
  if (power < -4 || power >= (digits ?? 6)) return `${short}e${power < 0 ? '-' : '+'}${pad(Math.abs(power))}`;
  return digits === undefined ? plain(value) : plain(Number(`${short}e${power}`));
}

function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

function pad(power: number): string {
  return String(power).padStart(2, '0');
}

function scaled(value: number, base: number, prefixes: readonly string[]): string {
  let [rest, at] = [value, 0];
  while (Math.abs(rest) >= base && at < prefixes.length - 1) {
    rest /= base;
    at++;
  }
  return `${goNumber(rest, 4)}${prefixes[at]}`;
}

function scaledUp(value: number): string {
  let [rest, at] = [value, 0];
  while (Math.abs(rest) < 1 && at < SMALL.length - 1) {
    rest *= 1_000;
    at++;
  }
  return `${goNumber(rest, 4)}${SMALL[at]}`;
}
