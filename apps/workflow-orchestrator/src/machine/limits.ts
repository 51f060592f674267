import type { LimitOptions } from '../definitions/language.js';
import { ExpressionError } from '../definitions/expression.js';
import type { Frame } from './state.js';
import type { Walk } from './walk.js';

/** What bounds how many steps, or executions, with the same key are at work at once, or begin in a period. */
export interface Limit {
  /** What is counted, and by which key. */
  key: string;
  limit: number;
  /** Of a rate. */
  periodMs?: number;
}

const MAX_KEY = 256;

/** The limits of one step or execution, their keys evaluated; `own` is the key of those that name none. */
export function limitsOf(
  walk: Walk,
  frame: Frame,
  { concurrency, rateLimit }: LimitOptions,
  of: { kind: 'step' | 'execution'; own: string },
): Limit[] {
  const keyOf = (key: string | undefined) =>
    key === undefined ? of.own : textOf(walk.evaluate(frame, key, frame.data));
  return [
    ...(concurrency ? [{ key: `${of.kind}:${keyOf(concurrency.key)}`, limit: concurrency.limit }] : []),
    ...(rateLimit
      ? [
          {
            key: `${of.kind}-rate:${keyOf(rateLimit.key)}`,
            limit: rateLimit.limit,
            periodMs: positive(walk.durationMs(frame, rateLimit.period)),
          },
        ]
      : []),
  ];
}

/** What a person has called it. */
export function nameOfLimit({ key }: Pick<Limit, 'key'>): string {
  return key.slice(key.indexOf(':') + 1);
}

/** Of a document with limits: nothing of it begins until it is admitted. */
export function holdBack(walk: Walk, root: Frame): void {
  const { name, metadata } = walk.plan.document.document;
  const limits = limitsOf(walk, root, metadata?.scm ?? {}, { kind: 'execution', own: name });
  if (limits.length === 0) return;
  walk.state.limits = limits;
  root.waits = 'admission';
}

/** The list that waits for admission, if the execution is held back. */
export function heldBack({ frames }: { frames: Readonly<Record<string, Frame>> }): Frame | undefined {
  return Object.values(frames).find(({ waits }) => waits === 'admission');
}

function textOf(key: unknown): string {
  if (typeof key !== 'string' && typeof key !== 'number')
    throw new ExpressionError('the key of a limit must be a text');
  const text = String(key);
  if (text.length === 0 || text.length > MAX_KEY)
    throw new ExpressionError(`the key of a limit has 1 to ${MAX_KEY} characters`);
  return text;
}

function positive(periodMs: number): number {
  if (periodMs < 1) throw new ExpressionError('the period of a rate must be longer than nothing');
  return periodMs;
}
