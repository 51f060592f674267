import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { parseQuery, PromqlError, typeOf } from '@scm/promql';
import { QueryEngine, type ParsedQuery } from '../query/query-engine.js';
import { SampleReader } from '../query/sample-reader.js';
import type { Result } from './expand-alert.js';

const MAX_PARSED = 20_000;
/** Less than a group is held without a word. */
const TIMEOUT_MS = 5_000;

/** Evaluates the expressions of rules and of their templates, each at one instant. */
@Injectable()
export class RuleQuery {
  private readonly parsed = new LRUCache<string, ParsedQuery>({ max: MAX_PARSED });

  constructor(
    private readonly engine: QueryEngine,
    private readonly reader: SampleReader,
  ) {}

  /** What is wrong with the expression of a rule. */
  faultOf(source: string): string | undefined {
    try {
      const type = typeOf(parseQuery(source));
      return type === 'vector' || type === 'scalar' ? undefined : 'must give an instant vector or a scalar';
    } catch (error) {
      if (error instanceof PromqlError) return error.message;
      throw error;
    }
  }

  /** Each element of a vector is a result, and a scalar is one without labels. Throws for what cannot be evaluated. */
  async instant(workspaceId: string, source: string, atMs: number): Promise<Result[]> {
    // A rule may ask for what the one before it recorded.
    await this.reader.catchUp();
    const plan = this.engine.plan(this.parse(source), { startMs: atMs, endMs: atMs, stepMs: 0 }, TIMEOUT_MS);
    const result = await this.engine.answer(workspaceId, plan);
    if (result.type === 'vector') return [...result.samples];
    return result.type === 'scalar' ? [{ labels: {}, value: result.value }] : [];
  }

  private parse(source: string): ParsedQuery {
    const known = this.parsed.get(source);
    if (known) return known;
    const parsed = { source, expr: parseQuery(source) };
    this.parsed.set(source, parsed);
    return parsed;
  }
}
