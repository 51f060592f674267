import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import { ServiceError } from '@scm/contracts';
import { GatewayConfig } from '../config.js';
import type { GatewayRequest } from '../http/request.js';
import { Telemetry } from '../system/telemetry.js';

const LOOK_MS = 50;
/** So many late looks in a row are overload; one alone is a pause, after which everything goes on. */
const LATE_LOOKS = 3;
const RETRY_AFTER_MS = 1_000;
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
  private lateLooks = 0;
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

  /** Express middleware that lets nothing in while the process is behind its work. */
  readonly gate = (request: GatewayRequest, _: Response, next: NextFunction): void => {
    if (this.lateLooks < LATE_LOOKS || alwaysServed.has(request.path)) next();
    else next(this.refusal('UNAVAILABLE', 'there is too much to do, try again'));
  };

  /** Counts a request as its caller's until the response ends. Throws when that would be one too many. */
  admit(caller: string, request: GatewayRequest, response: Response): void {
    if (alwaysServed.has(request.path)) return;
    const own = this.inFlightOf.get(caller) ?? 0;
    if (own >= this.config.maxInFlightPerActor) {
      throw this.refusal('RESOURCE_EXHAUSTED', 'too many of your requests are at work, await some');
    }
    if (this.inFlight >= this.config.maxInFlight) {
      throw this.refusal('UNAVAILABLE', 'there is too much to do, try again');
    }
    this.inFlight++;
    this.inFlightOf.set(caller, own + 1);
    response.once('close', () => this.finish(caller));
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
    const lagMs = now - this.lookedAt - LOOK_MS;
    this.lateLooks = lagMs > this.config.maxLagMs ? this.lateLooks + 1 : 0;
    this.lookedAt = now;
  }
}
