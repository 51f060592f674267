import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { ServiceError } from '@scm/contracts';
import { GatewayConfig } from '../config.js';
import { plainProblem, PROBLEM_TYPE } from '../http/plain-problem.js';
import { Telemetry } from '../system/telemetry.js';

const LOOK_MS = 50;
/** The lag is a mean over about so long: one pause alone is no overload. */
const MEAN_OVER_MS = 1_000;
const RETRY_AFTER_MS = 1_000;
const TOO_MUCH = 'there is too much to do, try again';
/** Who asks whether the gateway lives must hear it when it has the most to do. */
const alwaysServed: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/**
 * Refuses at once what could only be answered late: while the process is behind, and beyond a number of requests at work,
 * of one caller and of all. What was let in is so little that it ends in time.
 */
@Injectable()
export class LoadShedder implements OnApplicationBootstrap, OnModuleDestroy {
  private inFlight = 0;
  private readonly inFlightOf = new Map<string, number>();
  private readonly admitted = new WeakMap<Response, () => void>();
  private lagMs = 0;
  private lookedAt = performance.now();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly config: GatewayConfig,
    private readonly telemetry: Telemetry,
  ) {}

  onApplicationBootstrap(): void {
    this.lookedAt = performance.now();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Express middleware that lets nothing in while the process is behind its work; refusing must cost next to nothing. */
  readonly gate = (request: Request, response: Response, next: NextFunction): void => {
    if (!this.isBehind || alwaysServed.has(request.path)) return next();
    this.telemetry.shed.add(1, { code: 'UNAVAILABLE' });
    const { requestId, body } = plainProblem(503, TOO_MUCH, 'UNAVAILABLE');
    const headers = { 'Content-Type': PROBLEM_TYPE, 'Retry-After': RETRY_AFTER_MS / 1_000, 'X-Request-Id': requestId };
    response.writeHead(503, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
  };

  /** Counts a request as its caller's until the response ends. Throws when that would be one too many. */
  admit(caller: string, request: Request, response: Response): void {
    if (alwaysServed.has(request.path)) return;
    const own = this.inFlightOf.get(caller) ?? 0;
    if (own >= this.config.maxInFlightPerActor) {
      throw this.refusal('RESOURCE_EXHAUSTED', 'too many of your requests are at work, await some');
    }
    if (this.inFlight >= this.config.maxInFlight) {
      throw this.refusal('UNAVAILABLE', TOO_MUCH);
    }
    this.inFlight++;
    this.inFlightOf.set(caller, own + 1);
    const finish = () => this.finish(caller);
    this.admitted.set(response, finish);
    response.once('close', finish);
  }

  /** A response that stays open is no request at work any more; whoever keeps it open limits how many there are. */
  release(response: Response): void {
    const finish = this.admitted.get(response);
    if (!finish) return;
    response.off('close', finish);
    finish();
  }

  /** A process that is late with little to do is not given the processor: refusing would help nobody. */
  private get isBehind(): boolean {
    return this.lagMs > this.config.maxLagMs && this.inFlight >= this.config.maxInFlight / 8;
  }

  private finish(caller: string): void {
    this.inFlight--;
    const left = (this.inFlightOf.get(caller) ?? 0) - 1;
    if (left > 0) this.inFlightOf.set(caller, left);
    else this.inFlightOf.delete(caller);
  }

  private refusal(code: 'UNAVAILABLE' | 'RESOURCE_EXHAUSTED', message: string): ServiceError {
    this.telemetry.shed.add(1, { code });
    return new ServiceError(code, message, undefined, { retryAfterMs: RETRY_AFTER_MS });
  }

  /** How late this look is tells how long everything else waits. */
  private look(): void {
    const now = performance.now();
    const elapsedMs = now - this.lookedAt;
    // However long a pause was, what came meanwhile is soon done.
    const lateMs = Math.min(elapsedMs - LOOK_MS, 2 * this.config.maxLagMs);
    // A long turn weighs more: more requests came while it lasted.
    const weight = 1 - Math.exp(-elapsedMs / MEAN_OVER_MS);
    this.lagMs += weight * (lateMs - this.lagMs);
    this.lookedAt = now;
  }
}
