import { RE2JS } from 're2js';

const MAX_PATTERN = 1_024;
const MAX_REPEATS = 1_000;
const MAX_KNOWN = 10_000;

/** A regular expression that runs in linear time; its dot also matches a line's end. Throws for one that is too large. */
export function compilePattern(pattern: string): RE2JS {
  assertSmall(pattern);
  return RE2JS.compile(pattern, RE2JS.DOTALL);
}

/** Many series share a label value, so each value is judged once. */
export function wholeMatch(pattern: string): (value: string) => boolean {
  const compiled = compilePattern(pattern);
  const known = new Map<string, boolean>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    if (known.size >= MAX_KNOWN) known.clear();
    const result = compiled.testExact(value);
    known.set(value, result);
    return result;
  };
}

/** Counted repeats are written out when compiled, so their sum bounds the memory a pattern takes. */
function assertSmall(pattern: string): void {
  if (pattern.length > MAX_PATTERN) throw new RangeError(`the pattern is longer than ${MAX_PATTERN} characters`);
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) => Number(most || least));
  if (counts.reduce((sum, count) => sum + count, 0) > MAX_REPEATS) {
    throw new RangeError(`the pattern repeats more than ${MAX_REPEATS} times`);
  }
}
