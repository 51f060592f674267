import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen, retry } from 'cockatiel';
import { ServiceError, type UpstreamHealth } from '@scm/contracts';
import type { JsonObject } from '@scm/mcp-messages';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { withParams } from './member.js';

const LIST_MS = 15_000;
const CALL_MS = 300_000;
const FAILURES = 5;
const PAUSE_MS = 10_000;

/** These change nothing, so that a second try does no harm. */
const readOnly: readonly string[] = [
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/get',
  'completion/complete',
];

/** An upstream with deadlines. What fails again and again is left alone for a while, and only what is idempotent is repeated. */
export class GuardedProvider implements Provider {
  private readonly breaker = circuitBreaker(handleWhen(isFault), {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  private readonly again = retry(handleWhen(isFault), { maxAttempts: 1 });

  constructor(private readonly provider: Provider) {}

  get circuit(): UpstreamHealth['circuit'] {
    const { state } = this.breaker;
    if (state === CircuitState.Closed) return 'closed';
    return state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  /** `isIdempotent`: whether the tool that is called says so of itself. */
  async answer(exchange: Exchange, isIdempotent = false): Promise<JsonObject> {
    if (exchange.method === 'subscriptions/listen') return this.provider.answer(exchange);
    const once = () => this.breaker.execute(() => this.inTime(exchange));
    const mayRepeat = isIdempotent || readOnly.includes(exchange.method);
    const isContinued = exchange.params['requestState'] !== undefined;
    try {
      return await (mayRepeat && !isContinued ? this.again.execute(once) : once());
    } catch (error) {
      // The replica that had the call is gone: its client is asked once more.
      if (mayRepeat && isContinued && isFault(error)) return this.answer(fromTheBeginning(exchange), isIdempotent);
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new ServiceError('UNAVAILABLE', 'the upstream failed again and again: it is left alone for a moment');
    }
  }

  private async inTime(exchange: Exchange): Promise<JsonObject> {
    const limitMs = exchange.limitMs ?? (exchange.method === 'tools/call' ? CALL_MS : LIST_MS);
    const deadline = AbortSignal.timeout(limitMs);
    const signal = AbortSignal.any([exchange.signal, deadline]);
    const limited = { ...exchange, notify: exchange.notify.bind(exchange), signal };
    return this.provider.answer(limited).catch((error: unknown) => {
      if (deadline.aborted && !exchange.signal.aborted)
        throw new ServiceError('DEADLINE_EXCEEDED', `the upstream did not answer in ${limitMs / 1_000} s`);
      throw error;
    });
  }
}

function fromTheBeginning(exchange: Exchange): Exchange {
  const { requestState: _, inputResponses: __, ...params } = exchange.params;
  return withParams(exchange, params);
}

/** What says something about the upstream; an error of its protocol is an answer. */
function isFault(error: unknown): boolean {
  return error instanceof ServiceError && (error.code === 'UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED');
}
