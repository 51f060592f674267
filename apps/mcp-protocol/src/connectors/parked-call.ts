import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, JsonRpcNotification, JsonRpcRequest } from '@scm/mcp-messages';
import type { Reverse } from '@scm/mcp-migration';
import type { Exchange } from '../protocol/exchange.js';
import type { LegacySession } from './legacy-session.js';
import { answerToUpstream, questionFromUpstream } from './legacy-translation.js';
import { isAnswerTo } from './input-answers.js';

// An upstream that wants several things asks for them one right after the other.
const GATHER_MS = 30;

interface Question {
  request: JsonRpcRequest;
  canonical: JsonObject;
  reverse?: Reverse;
}

/** A call whose upstream asked something meanwhile. It goes on when the client comes back with the answers. */
export class ParkedCall {
  readonly id = randomUUID();
  /** How often the client was asked: a state of an earlier round is not taken again. */
  round = 0;
  private readonly questions = new Map<string, Question>();
  private asked = Promise.withResolvers<void>();
  private count = 0;
  private exchange?: Exchange;
  private within = AsyncLocalStorage.snapshot();

  constructor(
    private readonly session: LegacySession,
    /** The upstream's answer. */
    private readonly answer: Promise<JsonObject>,
  ) {
    answer.catch(() => {});
  }

  /** Runs `work` as part of the exchange in which the call goes on now, whatever brought it about. */
  inTurn<T>(work: () => T): T {
    return this.within(work);
  }

  /** Takes a question of the upstream. */
  ask(request: JsonRpcRequest): void {
    const { question: canonical, reverse } = this.inTurn(() => questionFromUpstream(this.session.welcome, request));
    this.questions.set(`input-${++this.count}`, { request, canonical, ...(reverse && { reverse }) });
    this.asked.resolve();
  }

  notify(notification: JsonRpcNotification): void {
    this.inTurn(() => this.exchange?.notify(notification));
  }

  /** Resolves with the answer, or with undefined when the client has to be asked first. */
  async turn(exchange: Exchange): Promise<JsonObject | undefined> {
    this.exchange = exchange;
    this.within = AsyncLocalStorage.snapshot();
    const questioned = this.asked.promise.then(() => sleep(GATHER_MS, undefined));
    try {
      return await Promise.race([this.answer, questioned, aborted(exchange.signal)]);
    } finally {
      this.exchange = undefined;
    }
  }

  /** What the client is to be asked, by key. */
  inputRequests(): JsonObject {
    this.round += 1;
    return Object.fromEntries([...this.questions].map(([key, { canonical }]) => [key, canonical]));
  }

  /** Hands on what answers a question; the others are still open. @returns whether all are answered. */
  async take(responses: JsonObject): Promise<boolean> {
    for (const [key, { request, reverse }] of this.questions) {
      const response = responses[key];
      if (!isAnswerTo(request.method, response)) continue;
      const answer = answerToUpstream(this.session.welcome, request.method, response, reverse);
      this.questions.delete(key);
      await this.session.respond(request.id, answer);
    }
    if (this.questions.size > 0) return false;
    this.asked = Promise.withResolvers<void>();
    return true;
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
