import { infoMatchers, infoTime } from '../functions/info.js';
import type { Call, Expr, Modifiers, VectorSelector } from '../syntax/ast.js';
import { METRIC_NAME } from '../values/label-set.js';
import type { Matcher } from '../values/matcher.js';
import { resolveAt, resolveDuration, resolvePositive } from './durations.js';
import type { EngineOptions, QueryTimes } from './options.js';
import { firstStep } from './ranges.js';

/** Series that a query needs: those that meet all matchers, with their samples after `fromMs` up to and with `toMs`. */
export interface SeriesRequest {
  readonly matchers: readonly Matcher[];
  /** The metric, when one is named exactly. */
  readonly name?: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The parts of the query that want them. */
  readonly readers: readonly object[];
}

/** What has to be read before a query is evaluated; the same series in the same time are asked for once. */
export function requestsOf(expr: Expr, times: QueryTimes, options: EngineOptions): SeriesRequest[] {
  const found = new Map<string, SeriesRequest>();
  const ask = (reader: object, matchers: readonly Matcher[], { fromMs, toMs }: Times): void => {
    const key = JSON.stringify([matchers.map(({ label, operator, value }) => [label, operator, value]), fromMs, toMs]);
    const readers = [...(found.get(key)?.readers ?? []), reader];
    const name = matchers.find(({ label, operator }) => label === METRIC_NAME && operator === '=')?.value;
    found.set(key, { matchers, ...(name !== undefined && { name }), fromMs, toMs, readers });
  };
  new Collector(times, options, ask).visit(expr, { fromMs: times.startMs, toMs: times.endMs });
  return [...found.values()];
}

interface Times {
  fromMs: number;
  toMs: number;
}

type Ask = (reader: object, matchers: readonly Matcher[], times: Times) => void;

/** Goes down the expression with the times at which each part is evaluated. */
class Collector {
  constructor(
    private readonly query: QueryTimes,
    private readonly options: EngineOptions,
    private readonly ask: Ask,
  ) {}

  visit(expr: Expr, times: Times): void {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return;
      case 'vector-selector':
        return this.select(expr, times, 0);
      case 'matrix-selector':
        return this.select(expr.selector, times, resolvePositive(expr.range, this.query));
      case 'subquery': {
        const rangeMs = resolvePositive(expr.range, this.query);
        const stepMs = expr.step ? resolvePositive(expr.step, this.query) : this.options.subqueryStepMs;
        const { fromMs, toMs } = this.moved(expr, times);
        const firstMs = firstStep(fromMs - rangeMs, stepMs, this.options.compat === '2.x');
        return this.visit(expr.inner, { fromMs: Math.min(firstMs, toMs), toMs });
      }
      case 'paren':
      case 'unary':
        return this.visit(expr.inner, times);
      case 'aggregate':
        if (expr.param) this.visit(expr.param, times);
        return this.visit(expr.inner, times);
      case 'binary':
        this.visit(expr.left, times);
        return this.visit(expr.right, times);
      case 'call':
        return this.call(expr, times);
      default: {
        const exhausted: never = expr;
        return exhausted;
      }
    }
  }

  private call(call: Call, times: Times): void {
    if (call.name !== 'info') return call.args.forEach((arg) => this.visit(arg, times));
    this.visit(call.args[0] as Expr, times);
    const { names, data } = infoMatchers(call);
    const { offsetMs, atMs } = infoTime(call, this.query);
    const [fromMs, toMs] = [times.fromMs, times.toMs].map((time) => (atMs ?? time) - offsetMs) as [number, number];
    this.ask(call, [...names, ...data], { fromMs: fromMs - this.options.lookbackMs, toMs });
  }

  private select(selector: VectorSelector, times: Times, rangeMs: number): void {
    const { lookbackMs } = this.options;
    const { fromMs, toMs } = this.moved(selector, times);
    // A lookback that is closed on the left needs the sample that is just on it.
    const closedMs = this.options.compat === '2.x' ? 1 : 0;
    const backMs = rangeMs === 0 ? lookbackMs : rangeMs + (selector.extension ? lookbackMs : 0);
    const aheadMs = selector.extension === 'smoothed' ? lookbackMs : 0;
    this.ask(selector, selector.matchers, { fromMs: fromMs - backMs - closedMs, toMs: toMs + aheadMs });
  }

  private moved({ at, offset }: Modifiers, { fromMs, toMs }: Times): Times {
    const atMs = resolveAt(at, this.query);
    const offsetMs = resolveDuration(offset, this.query);
    return { fromMs: (atMs ?? fromMs) - offsetMs, toMs: (atMs ?? toMs) - offsetMs };
  }
}
