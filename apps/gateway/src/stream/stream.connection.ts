import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { errorTable, ServiceError, type Actor } from '@scm/contracts';
import type { Authenticator, Proof } from '../access/authenticator.js';
import type { Authorizer } from '../access/authorizer.js';
import type { Telemetry } from '../system/telemetry.js';
import { parseChannel } from './channels.js';
import type { ChannelHub } from './channel.hub.js';
import type { EventLog } from './event-log.js';
import { closeCode, parseFrame, parseSince, type ClientFrame, type Hello, type Sub } from './frames.js';
import { ChannelSubscription, type Outlet } from './subscription.js';

export interface StreamServices {
  authenticator: Authenticator;
  authorizer: Authorizer;
  hub: ChannelHub;
  log: EventLog;
  telemetry: Telemetry;
  /** What a new subscriber of a channel that no stream holds gets first. */
  snapshot: () => Promise<void>;
}

export const limits = { frameIn: 262_144, frameOut: 1_048_576, subs: 200, framesPerSecond: 200 } as const;
const HELLO_MS = 5_000;
const BEAT_MS = 15_000;
const RECHECK_MS = 60_000;
const RENEW_BEFORE_MS = 60_000;
const RENEW_GRACE_MS = 30_000;
const BUFFER_HIGH = 1_048_576;
const SLOW_MS = 30_000;

/** One client of the stream, from its hello to its bye. */
export class StreamConnection implements Outlet {
  private readonly subscriptions = new Map<number, ChannelSubscription>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private begun = false;
  private hello?: Hello;
  private token = '';
  private proof?: Proof;
  private renewal?: NodeJS.Timeout;
  private lastSentAt = Date.now();
  private lastHeardAt = Date.now();
  private blockedSince?: number;
  private frames = { second: 0, count: 0 };
  private work: Promise<void> = Promise.resolve();
  private beats = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly services: StreamServices,
  ) {
    socket.on('message', (data, isBinary) => this.onMessage(data as Buffer, isBinary));
    socket.on('pong', () => (this.lastHeardAt = Date.now()));
    socket.on('close', () => this.end());
    socket.on('error', () => socket.terminate());
    this.after(HELLO_MS, () => this.hello ?? this.close(closeCode.helloTimeout, 'no hello'));
    this.every(BEAT_MS, () => this.beat());
    this.every(RECHECK_MS, () => void this.recheck());
    services.telemetry.connections.add(1);
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN && this.socket.bufferedAmount < BUFFER_HIGH;
  }

  send(frame: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.lastSentAt = Date.now();
    this.services.telemetry.frames.add(1);
    this.socket.send(frame, () => this.onSent());
    if (!this.open) this.blockedSince ??= Date.now();
  }

  /** Tells the client to come back elsewhere. */
  drain(): void {
    this.send(JSON.stringify({ t: 'bye', after: [200, 2_000], why: 'draining' }));
    this.close(closeCode.draining, 'draining');
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    this.lastHeardAt = Date.now();
    if (isBinary) return this.close(closeCode.badFrame, 'frames are text');
    if (this.isTooFast())
      return this.close(closeCode.tooManyFrames, `more than ${limits.framesPerSecond} frames a second`);
    let frame: ClientFrame;
    try {
      frame = parseFrame(data.toString('utf8'));
    } catch (error) {
      return this.close(closeCode.badFrame, error instanceof Error ? error.message : 'bad frame');
    }
    // The next frames may come before the first one is dealt with.
    this.begun ||= frame.t === 'hello';
    if (!this.begun) return this.close(closeCode.badFrame, 'the first frame is hello');
    // In order: a later frame may rely on an earlier one.
    this.work = this.work.then(() => this.handle(frame)).catch((error: unknown) => this.refuse(frame, error));
  }

  private async handle(frame: ClientFrame): Promise<void> {
    // What a client that has left sent before must not begin anything.
    if (this.ended) return;
    switch (frame.t) {
      case 'hello':
        return this.greet(frame);
      case 'sub':
        return this.subscribe(frame);
      case 'unsub':
        return this.unsubscribe(frame.id);
      case 'ack':
        return this.find(frame.ch)?.acknowledge(frame.seq);
      case 'auth':
        return this.renew(frame.token);
      case 'hb':
        return;
      default: {
        const exhausted: never = frame;
        return exhausted;
      }
    }
  }

  private async greet(hello: Hello): Promise<void> {
    if (this.hello) throw new ServiceError('FAILED_PRECONDITION', 'hello was said');
    this.hello = hello;
    if (hello.v !== 1) return this.close(closeCode.noSuchVersion, 'this is version 1');
    this.token = hello.token ?? '';
    this.proof = await this.prove(this.token);
    if (!this.proof || this.ended) return;
    const { actor, expiresAt } = this.proof;
    this.scheduleRenewal(expiresAt);
    const exp = Number.isFinite(expiresAt) ? Math.floor(expiresAt / 1_000) : null;
    this.send(
      JSON.stringify({
        t: 'welcome',
        sid: randomUUID(),
        hb: BEAT_MS,
        exp,
        win: hello.win ?? null,
        limits,
        workspace: actor.workspaceId,
      }),
    );
  }

  private async subscribe({ id, ch, mode, since }: Sub): Promise<void> {
    const actor = this.actor();
    const channel = parseChannel(ch, actor.workspaceId);
    this.services.authorizer.check(channel.access, actor, `channel ${ch}`);
    if (this.subscriptions.has(id) || this.find(ch))
      throw new ServiceError('ALREADY_EXISTS', `subscribed already: ${ch}`);
    if (this.subscriptions.size >= limits.subs)
      throw new ServiceError('RESOURCE_EXHAUSTED', `at most ${limits.subs} subscriptions`);
    const latest = channel.latestOnly || mode === 'latest';
    const { hub, log } = this.services;
    const subscription = new ChannelSubscription(id, channel, latest, this.hello?.win, this, hub, log);
    this.subscriptions.set(id, subscription);
    try {
      await subscription.begin(parseSince(since));
      if (!channel.source) await this.services.snapshot();
    } catch (error) {
      this.unsubscribe(id);
      throw error;
    }
  }

  private unsubscribe(id: number): void {
    this.subscriptions.get(id)?.end();
    this.subscriptions.delete(id);
  }

  private async renew(token: string): Promise<void> {
    const proof = await this.prove(token);
    if (!proof || this.ended) return;
    const before = this.actor();
    if (proof.actor.id !== before.id || proof.actor.workspaceId !== before.workspaceId) {
      return this.close(closeCode.unauthenticated, 'another caller');
    }
    this.token = token;
    this.proof = proof;
    this.scheduleRenewal(proof.expiresAt);
    this.send(JSON.stringify({ t: 'authd', exp: Math.floor(proof.expiresAt / 1_000) }));
  }

  /** A revoked API key or a changed role ends what it allowed. */
  private async recheck(): Promise<void> {
    if (!this.proof || Number.isFinite(this.proof.expiresAt)) return;
    await this.prove(this.token);
  }

  private async prove(token: string): Promise<Proof | undefined> {
    try {
      return await this.services.authenticator.prove(token);
    } catch (error) {
      const refused = error instanceof ServiceError && error.code === 'UNAUTHENTICATED';
      if (refused) this.close(closeCode.unauthenticated, error.message);
      else this.close(1013, 'try again later');
      return undefined;
    }
  }

  private scheduleRenewal(expiresAt: number): void {
    clearTimeout(this.renewal);
    if (!Number.isFinite(expiresAt)) return;
    this.renewal = setTimeout(
      () => {
        this.send(JSON.stringify({ t: 'authreq', in: Math.max(0, Math.round((expiresAt - Date.now()) / 1_000)) }));
        const left = expiresAt - Date.now() + RENEW_GRACE_MS;
        this.renewal = setTimeout(() => this.close(closeCode.tokenExpired, 'the token has expired'), left);
      },
      Math.max(0, expiresAt - Date.now() - RENEW_BEFORE_MS),
    );
  }

  private refuse(frame: ClientFrame, error: unknown): void {
    const failure =
      error instanceof ServiceError
        ? error
        : new ServiceError('INTERNAL', 'internal error', undefined, { cause: error });
    const { retryable } = errorTable[failure.code];
    const id = 'id' in frame ? frame.id : undefined;
    this.send(
      JSON.stringify({
        t: 'err',
        id,
        code: failure.code,
        msg: failure.message,
        retryable,
        afterMs: failure.retryAfterMs,
      }),
    );
  }

  private onSent(): void {
    if (this.blockedSince === undefined || !this.open) return;
    this.blockedSince = undefined;
    for (const subscription of this.subscriptions.values()) subscription.resume();
  }

  private beat(): void {
    const now = Date.now();
    if (now - this.lastHeardAt > 2 * BEAT_MS + 2_000) {
      this.close(closeCode.silent, 'nothing heard');
      this.socket.terminate();
      return;
    }
    if (this.blockedSince !== undefined && now - this.blockedSince > SLOW_MS) {
      this.close(closeCode.slow, 'too slow');
      this.socket.terminate();
      return;
    }
    this.socket.ping();
    for (const subscription of this.subscriptions.values()) subscription.resume();
    if (!this.hello || now - this.lastSentAt < BEAT_MS - 500) return;
    const heads = Object.fromEntries(
      [...this.subscriptions.values()].map((s) => [s.channel.name, this.services.hub.headOf(s.channel)]),
    );
    this.send(JSON.stringify({ t: 'hb', n: ++this.beats, heads }));
  }

  private actor(): Actor {
    if (!this.proof) throw new ServiceError('UNAUTHENTICATED', 'hello was refused');
    return this.proof.actor;
  }

  private find(ch: string): ChannelSubscription | undefined {
    return [...this.subscriptions.values()].find((subscription) => subscription.channel.name === ch);
  }

  private isTooFast(): boolean {
    const second = Math.floor(Date.now() / 1_000);
    if (this.frames.second !== second) this.frames = { second, count: 0 };
    return ++this.frames.count > limits.framesPerSecond;
  }

  private close(code: number, reason: string): void {
    this.socket.close(code, reason.slice(0, 100));
    this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const timer of this.timers) clearTimeout(timer);
    clearTimeout(this.renewal);
    for (const subscription of this.subscriptions.values()) subscription.end();
    this.subscriptions.clear();
    this.services.telemetry.connections.add(-1);
  }

  private ended = false;

  private after(ms: number, work: () => void): void {
    this.timers.add(setTimeout(work, ms));
  }

  private every(ms: number, work: () => void): void {
    this.timers.add(setInterval(work, ms));
  }
}
