import { ServiceError, type Actor } from '@scm/contracts';
import type { Authenticator, Proof } from '../access/authenticator.js';
import { closeCode } from './frames.js';

export interface CallerTimes {
  /** Between two checks of an API key. */
  checkMs: number;
  /** How long a proved API key is believed while nobody can check it. */
  graceMs: number;
}

/** What becomes of the caller while the connection lasts. */
export interface CallerEvents {
  onEnding(seconds: number): void;
  /** The same caller may do other things now. */
  onChanged(actor: Actor): void;
  onRefused(closeCode: number, reason: string): void;
}

const RENEW_BEFORE_MS = 60_000;
const RENEW_GRACE_MS = 30_000;
const TRY_AGAIN_LATER = 1013;

/** For whom a connection speaks: proved at its hello, and over and over while it lasts. */
export class StreamCaller {
  private token = '';
  private proof?: Proof;
  private provedAt = 0;
  private renewal?: NodeJS.Timeout;
  private readonly checks: NodeJS.Timeout;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly times: CallerTimes,
    private readonly events: CallerEvents,
  ) {
    this.checks = setInterval(() => void this.check(), times.checkMs);
  }

  get actor(): Actor {
    if (!this.proof) throw new ServiceError('UNAUTHENTICATED', 'hello was refused');
    return this.proof.actor;
  }

  /** The proof of a hello's token; undefined when there is none, which `onRefused` has said. */
  async begin(token: string): Promise<Proof | undefined> {
    try {
      return this.accept(token, await this.authenticator.prove(token));
    } catch (error) {
      if (isRefusal(error)) this.events.onRefused(closeCode.unauthenticated, error.message);
      else this.events.onRefused(TRY_AGAIN_LATER, 'nobody can check the token now');
      return undefined;
    }
  }

  /** Takes a newer token of the same caller. Throws what is no refusal: until its end the former token is good. */
  async renew(token: string): Promise<Proof | undefined> {
    try {
      return this.accept(token, await this.authenticator.prove(token));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.events.onRefused(closeCode.unauthenticated, error.message);
      return undefined;
    }
  }

  end(): void {
    clearTimeout(this.renewal);
    clearInterval(this.checks);
  }

  /** A revoked API key ends the connection, an outage of whoever checks it only when it lasts. */
  private async check(): Promise<void> {
    if (!this.proof || Number.isFinite(this.proof.expiresAt)) return;
    const isOverdue = () => Date.now() - this.provedAt > this.times.graceMs;
    await this.renew(this.token).catch(() => {
      if (isOverdue()) this.events.onRefused(TRY_AGAIN_LATER, 'nobody could check the API key for too long');
    });
  }

  private accept(token: string, proof: Proof): Proof | undefined {
    const before = this.proof?.actor;
    const { actor } = proof;
    if (before && (actor.id !== before.id || actor.workspaceId !== before.workspaceId)) {
      this.events.onRefused(closeCode.unauthenticated, 'another caller');
      return undefined;
    }
    this.token = token;
    this.proof = proof;
    this.provedAt = Date.now();
    this.expectRenewal(proof.expiresAt);
    if (before && before.role !== actor.role) this.events.onChanged(actor);
    return proof;
  }

  private expectRenewal(expiresAt: number): void {
    clearTimeout(this.renewal);
    if (!Number.isFinite(expiresAt)) return;
    const leftMs = () => expiresAt - Date.now();
    const remind = () => {
      this.events.onEnding(Math.max(0, Math.round(leftMs() / 1_000)));
      this.renewal = setTimeout(
        () => this.events.onRefused(closeCode.tokenExpired, 'the token has expired'),
        leftMs() + RENEW_GRACE_MS,
      );
    };
    this.renewal = setTimeout(remind, Math.max(0, leftMs() - RENEW_BEFORE_MS));
  }
}

function isRefusal(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'UNAUTHENTICATED';
}
