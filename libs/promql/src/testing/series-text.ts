import { parseNumber } from '../syntax/build-duration.js';
import { parseSelector } from '../syntax/parse.js';
import type { Labels } from '../values/label-set.js';

/** A line of a test file: labels, and values of which undefined is none; `hasHistograms` where they are not only numbers. */
export interface SeriesLine {
  labels: Labels;
  values: (number | 'stale' | undefined)[];
  hasHistograms: boolean;
}

/** Reads `metric{label="value"} 1 2+3x4 _ stale`. */
export function readSeriesLine(line: string): SeriesLine {
  const [name, rest] = splitName(line);
  const labels = name === '{}' ? {} : labelsOf(name);
  if (rest.includes('{{')) return { labels, values: [], hasHistograms: true };
  return { labels, values: rest.split(/\s+/).filter(Boolean).flatMap(readItem), hasHistograms: false };
}

function labelsOf(name: string): Labels {
  if (/^\S*\{\s*\}$/.test(name) || !name.includes('{')) return { __name__: name.replace(/\{\s*\}$/, '') };
  // Unlike in a selector, the name may stand in the braces too.
  return Object.fromEntries(parseSelector(name).matchers.map(({ label, value }) => [label, value]));
}

/** The name ends at the first space outside of braces and quotes. */
function splitName(line: string): [name: string, rest: string] {
  let depth = 0;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const one = line.charAt(i);
    if (quote) {
      if (one === '\\') i++;
      else if (one === quote) quote = '';
    } else if (one === '"' || one === "'") quote = one;
    else if (one === '{') depth++;
    else if (one === '}') {
      depth--;
      if (depth === 0) return [line.slice(0, i + 1), line.slice(i + 1).trim()];
    } else if (depth === 0 && /\s/.test(one) && !/^\s*\{(?!\{)/.test(line.slice(i))) {
      return [line.slice(0, i), line.slice(i).trim()];
    }
  }
  return [line, ''];
}

const STEPS = /^([+-]?(?:[\d.]+(?:e[+-]?\d+)?|inf|nan))([+-](?:[\d.]+(?:e[+-]?\d+)?|inf|nan))?x(\d+)$/i;

function readItem(item: string): SeriesLine['values'] {
  if (item === '_') return [undefined];
  if (item === 'stale') return ['stale'];
  const omitted = /^_x(\d+)$/.exec(item);
  if (omitted) return Array.from({ length: Number(omitted[1]) }, () => undefined);
  const repeated = /^stalex(\d+)$/.exec(item);
  if (repeated) return Array.from({ length: Number(repeated[1]) + 1 }, () => 'stale' as const);
  const steps = STEPS.exec(item);
  if (!steps) return [readNumber(item)];
  const [first, more, count] = [readNumber(steps[1] ?? ''), readNumber(steps[2] ?? '0'), Number(steps[3])];
  const values: number[] = [first];
  for (let i = 1; i <= count; i++) values.push((values[i - 1] as number) + more);
  return values;
}

export function readNumber(text: string): number {
  const size = parseNumber(text.replace(/^[+-]/, ''));
  if (size === undefined) throw new Error(`no number: ${text}`);
  return text.startsWith('-') ? -size : size;
}
