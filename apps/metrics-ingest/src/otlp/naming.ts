import { LRUCache } from 'lru-cache';
import type { OtlpMetric } from './otlp.model.js';

type Named = Pick<OtlpMetric, 'name' | 'unit' | 'kind' | 'isMonotonic'>;

const known = new LRUCache<string, string>({ max: 20_000 });

/** The name by Prometheus's rules: words joined by `_`, then the unit, then `total` of a sum that only grows. */
export function metricName({ name, unit, kind, isMonotonic }: Named): string {
  const key = `${name}\0${unit}\0${kind}\0${isMonotonic}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = translate({ name, unit, kind, isMonotonic });
  known.set(key, made);
  return made;
}

/** As a label: what it may not hold becomes `_`, and one that begins otherwise than labels do begins with `key`. */
export function labelName(name: string): string {
  const label = name.replace(/[^a-zA-Z0-9_]/g, '_');
  if (/^[0-9]/.test(label)) return `key_${label}`;
  return /^_[^_]/.test(label) ? `key${label}` : label;
}

function translate({ name, unit, kind, isMonotonic }: Named): string {
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
  if (words.length === 0) return '';
  const [main = '', per = ''] = unit.split(/\/(.*)/s);
  const unitWord = wordOf(main, units);
  if (unitWord !== '' && !words.includes(unitWord)) words.push(unitWord);
  const perWord = wordOf(per, perUnits);
  if (perWord !== '' && !words.includes(perWord)) words.push('per', perWord);
  const last = kind === 'sum' && isMonotonic ? 'total' : kind === 'gauge' && unit === '1' ? 'ratio' : '';
  if (last !== '') words = [...words.filter((word) => word !== last), last];
  const joined = words.join('_');
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

/** What stands in braces is a note, no unit. */
function wordOf(unit: string, names: Record<string, string>): string {
  const text = unit.trim();
  if (/[{}]/.test(text)) return '';
  const word = Object.hasOwn(names, text) ? (names[text] ?? '') : text;
  return word
    .split(/[^a-zA-Z0-9]+/)
    .filter((part) => part !== '')
    .join('_');
}

const units: Record<string, string> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
};

const perUnits: Record<string, string> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};
