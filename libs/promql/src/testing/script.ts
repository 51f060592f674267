import { parseDuration } from '../syntax/duration-text.js';
import { unquote } from '../syntax/text-literal.js';
import { readNumber, readSeriesLine, type SeriesLine } from './series-text.js';

/** What a test file does, one command after the other. */
export type Command =
  | { kind: 'clear' }
  | { kind: 'load'; stepMs: number; series: SeriesLine[]; makesHistograms: boolean; hasStarts: boolean }
  | Evaluation;

export interface Evaluation {
  kind: 'eval';
  line: number;
  query: string;
  startMs: number;
  endMs: number;
  /** 0 for an instant query. */
  stepMs: number;
  expected: Expected;
}

export interface Expected {
  fails: boolean;
  isOrdered: boolean;
  scalar?: number;
  text?: string;
  /** Where an instant query gives ranges: their times. */
  range?: { startMs: number; endMs: number; stepMs: number };
  series: SeriesLine[];
  notes: Note[];
}

export interface Note {
  mode: 'warn' | 'no_warn' | 'info' | 'no_info' | 'fail';
  matches: (message: string) => boolean;
  text: string;
}

export function readScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => (/^\s*#/.test(line) ? '' : line.trim()));
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; i++) {
    const head = lines[i] as string;
    if (head === '') continue;
    const body: string[] = [];
    const isBlock = /^(load|eval)/.test(head);
    while (isBlock && i + 1 < lines.length && lines[i + 1] !== '') body.push(lines[++i] as string);
    commands.push(head === 'clear' ? { kind: 'clear' } : readCommand(head, body, i - body.length + 1));
  }
  return commands;
}

const LOAD = /^load(_with_nhcb)?\s+(\S+)$/;
const INSTANT = /^eval(?:_(fail|ordered|warn|info))?\s+instant\s+(?:at\s+(\S+))?\s+(.+)$/;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;

function readCommand(head: string, body: string[], line: number): Command {
  const load = LOAD.exec(head);
  if (load) {
    const own = body.filter((one) => !isStartLine(one));
    const series = own.map(readSeriesLine);
    const hasStarts = own.length < body.length;
    return { kind: 'load', stepMs: ms(load[2]), series, makesHistograms: load[1] !== undefined, hasStarts };
  }
  const instant = INSTANT.exec(head);
  const range = instant ? null : RANGE.exec(head);
  const parts = instant ?? range;
  if (!parts) throw new Error(`line ${line}: ${head}`);
  const times = instant
    ? { startMs: ms(instant[2]), endMs: ms(instant[2]), stepMs: 0 }
    : { startMs: ms(parts[2]), endMs: ms(parts[3]), stepMs: ms(parts[4]) };
  const expected: Expected = { fails: parts[1] === 'fail', isOrdered: parts[1] === 'ordered', series: [], notes: [] };
  for (const one of body) readExpected(one, expected);
  return { kind: 'eval', line, query: parts.at(-1) as string, ...times, expected };
}

function isStartLine(line: string): boolean {
  return /^\S+@st\s/.test(line);
}

const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;
const EXPECT_RANGE = /^expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;

function readExpected(line: string, expected: Expected): void {
  const range = EXPECT_RANGE.exec(line);
  const note = EXPECT.exec(line);
  const failMessage = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line);
  if (range) expected.range = { startMs: ms(range[1]), endMs: ms(range[2]), stepMs: ms(range[3]) };
  else if (line.startsWith('expect string')) expected.text = unquote(line.slice('expect string'.length).trim()) ?? line;
  else if (failMessage)
    expected.notes.push(noteOf('fail', failMessage[1] === 'message' ? 'msg' : 'regex', failMessage[2]));
  else if (note?.[1] === 'ordered') expected.isOrdered = true;
  else if (note) {
    if (note[1] === 'fail') expected.fails = true;
    expected.notes.push(noteOf(note[1] as Note['mode'], note[2], note[3]));
  } else if (/^[+-]?(?:[\d.]|inf\b|nan\b)\S*$/i.test(line)) expected.scalar = readNumber(line);
  else expected.series.push(readSeriesLine(line));
}

function noteOf(mode: Note['mode'], kind: string | undefined, rest: string | undefined): Note {
  const text = (rest ?? '').trim();
  if (kind === undefined) return { mode, text, matches: () => true };
  if (kind === 'msg') return { mode, text, matches: (message) => message === text };
  const pattern = new RegExp(text);
  return { mode, text, matches: (message) => pattern.test(message) };
}

function ms(text = '0s'): number {
  const [sign, size] = text.startsWith('-') ? [-1, text.slice(1)] : [1, text];
  const value = size === '0' ? 0 : parseDuration(size);
  if (value === undefined) throw new Error(`no duration: ${text}`);
  return sign * value;
}
