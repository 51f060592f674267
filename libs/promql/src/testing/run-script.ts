import type { EngineOptions } from '../evaluate/options.js';
import { QueryPlan } from '../evaluate/query-plan.js';
import { parseQuery } from '../syntax/parse.js';
import { PromqlError } from '../syntax/promql-error.js';
import { typeOf } from '../syntax/types.js';
import { differenceOf } from './compare.js';
import { readScript, type Evaluation } from './script.js';
import { Store } from './store.js';

export interface Outcome {
  passed: number;
  failed: string[];
  skipped: Map<string, number>;
}

const HISTOGRAMS = 'native histograms';

/** Runs one of upstream's test files against the engine. */
export function runScript(file: string, text: string, skips: ReadonlyMap<string, string>): Outcome {
  const outcome: Outcome = { passed: 0, failed: [], skipped: new Map() };
  let store = new Store();
  let hasStarts = false;
  for (const command of readScript(text)) {
    if (command.kind === 'clear') {
      [store, hasStarts] = [new Store(), false];
    } else if (command.kind === 'load') {
      store.load(command.stepMs, command.series, command.makesHistograms);
      hasStarts ||= command.hasStarts;
    } else {
      const place = `${file}:${command.line}`;
      const skip = skips.get(place) ?? skips.get(command.query) ?? (hasStarts ? 'start timestamps' : undefined);
      const result = skip ? { skip } : judge(command, store);
      if (result === undefined) outcome.passed++;
      else if ('skip' in result) outcome.skipped.set(result.skip, (outcome.skipped.get(result.skip) ?? 0) + 1);
      else outcome.failed.push(`${place} ${command.query}\n    ${result.difference}`);
    }
  }
  return outcome;
}

function judge(evaluation: Evaluation, store: Store): { skip: string } | { difference: string } | undefined {
  const { query, startMs, endMs, stepMs, expected } = evaluation;
  if (expected.series.some(({ hasHistograms }) => hasHistograms)) return { skip: HISTOGRAMS };
  try {
    const options = { delayedNameRemoval: true };
    const plan = new QueryPlan(query, parseQuery(query), { startMs, endMs, stepMs }, options);
    if (plan.requests.some((request) => store.hasHistograms(request))) return { skip: HISTOGRAMS };
    const result = plan.evaluate(plan.requests.map((request) => store.read(request)));
    if (expected.fails) return { difference: 'a failure is expected' };
    const difference = differenceOf(evaluation, result) ?? rangeDifference(evaluation, store, options);
    return difference === undefined ? undefined : { difference };
  } catch (error) {
    if (!(error instanceof PromqlError))
      return { difference: error instanceof Error ? (error.stack ?? '') : String(error) };
    if (!expected.fails) return { difference: error.message };
    const wanted = expected.notes.filter(({ mode }) => mode === 'fail');
    return wanted.every(({ matches }) => matches(error.message))
      ? undefined
      : { difference: `failed with ${error.message}` };
  }
}

const STEP_MS = 60_000;

/** What the query's answer differs in when it is asked as the middle step of a range. */
function rangeDifference(evaluation: Evaluation, store: Store, options: Partial<EngineOptions>): string | undefined {
  const { query, startMs, stepMs, expected } = evaluation;
  const expr = parseQuery(query);
  if (stepMs !== 0 || typeOf(expr) !== 'vector' || /(start|end|range|step)\(\)/i.test(query)) return undefined;
  const times = { startMs: startMs - STEP_MS, endMs: startMs + STEP_MS, stepMs: STEP_MS };
  const plan = new QueryPlan(query, expr, times, options);
  const result = plan.evaluate(plan.requests.map((request) => store.read(request)));
  if (result.type !== 'matrix') return `a range gives a ${result.type}`;
  const samples = result.series.flatMap(({ labels, times: steps, values }) => {
    const at = steps.indexOf(startMs);
    return at < 0 ? [] : [{ labels, value: values[at] as number }];
  });
  const unordered = { ...evaluation, expected: { ...expected, isOrdered: false, notes: [] } };
  const difference = differenceOf(unordered, { type: 'vector', samples, warnings: [], infos: [] });
  return difference && `in a range: ${difference}`;
}
