import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { errorTable, ServiceError, type Actor } from '@scm/contracts';
import type { Authenticator } from '../access/authenticator.js';
import type { Authorizer } from '../access/authorizer.js';
import type { Telemetry } from '../system/telemetry.js';
import { parseChannel } from './channels.js';
import type { ChannelHub } from './channel.hub.js';
import type { EventLog } from './event-log.js';
import { closeCode, parseFrame, parseSince, type ClientFrame, type Hello, type Sub } from './frames.js';
import type { Seats } from './seats.js';
import { StreamCaller, type CallerTimes } from './stream.caller.js';
import { ChannelSubscription, type Outlet } from './subscription.js';
import { Message, Wire } from './wire.js';

export interface StreamServices {
  authenticator: Authenticator;
  authorizer: Authorizer;
  hub: ChannelHub;
  log: EventLog;
  telemetry: Telemetry;
  callerTimes: CallerTimes;
  seats: Seats;
  /** What a new subscriber of a channel that no stream holds gets first. */
  snapshot: () => Promise<void>;
}

/** An accepted WebSocket and the socket under it, to which frames are written as they are. */
export interface Accepted {
  socket: WebSocket;
  raw: Duplex;
  isDeflated: boolean;
}

export const limits = { frameIn: 262_144, frameOut: 1_048_576, subs: 200, framesPerSecond: 200 } as const;
const HELLO_MS = 5_000;
const BEAT_MS = 15_000;
const BUFFER_HIGH_BYTES = 262_144;
const SLOW_MS = 30_000;
/** Frames that wait for those before them; with more the client is not read. */
const MAX_WAITING = 64;
/** So long a client that was told to go may take to answer. */
const CLOSING_MS = 2_000;

/** One client of the stream, from its hello to its bye. */
export class StreamConnection implements Outlet {
  private readonly socket: WebSocket;
  private readonly wire: Wire;
  private readonly caller: StreamCaller;
  private readonly subscriptions = new Map<number, ChannelSubscription>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private begun = false;
  private hello?: Hello;
  private lastSentAt = Date.now();
  private lastHeardAt = Date.now();
  private blockedSince?: number;
  private frames = { second: 0, count: 0 };
  private work: Promise<void> = Promise.resolve();
  private waiting = 0;
  private freeSeat?: () => void;
  private beats = 0;
  private ended = false;

  constructor(
    { socket, raw, isDeflated }: Accepted,
    private readonly services: StreamServices,
  ) {
    this.socket = socket;
    this.wire = new Wire(raw, isDeflated);
    this.caller = new StreamCaller(services.authenticator, services.callerTimes, {
      onEnding: (seconds) => this.tell({ t: 'authreq', in: seconds }),
      onChanged: (actor) => this.judgeAgain(actor),
      onRefused: (code, reason) => this.close(code, reason),
    });
    raw.on('drain', () => this.onDrained());
    socket.on('message', (data, isBinary) => this.onMessage(data as Buffer, isBinary));
    socket.on('ping', (data) => this.onPing(data));
    socket.on('pong', () => (this.lastHeardAt = Date.now()));
    socket.on('close', () => this.end());
    socket.on('error', () => socket.terminate());
    this.after(HELLO_MS, () => this.hello ?? this.close(closeCode.helloTimeout, 'no hello'));
    this.every(BEAT_MS, () => this.beat());
    services.telemetry.connections.add(1);
  }

  /** Whether its caller is proved. */
  get isGreeted(): boolean {
    return this.freeSeat !== undefined;
  }

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN && this.wire.queuedBytes < BUFFER_HIGH_BYTES;
  }

  send(message: Message): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.lastSentAt = Date.now();
    this.services.telemetry.countFrame();
    this.wire.send(message);
    if (!this.open) this.blockedSince ??= this.lastSentAt;
  }

  /** Tells the client to come back elsewhere. */
  drain(): void {
    this.tell({ t: 'bye', after: [200, 2_000], why: 'draining' });
    this.close(closeCode.draining, 'draining');
  }

  /** Others wait to say hello, and this one does not. */
  makeRoom(): void {
    this.close(closeCode.helloTimeout, 'no hello');
  }

  private tell(frame: object): void {
    this.send(Message.of(frame));
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    if (!this.hears()) return;
    if (isBinary) return this.close(closeCode.badFrame, 'frames are text');
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
    this.work = this.work.then(() => this.onHandled());
    if (++this.waiting >= MAX_WAITING) this.socket.pause();
  }

  private onHandled(): void {
    if (--this.waiting < MAX_WAITING && this.socket.isPaused) this.socket.resume();
  }

  private onPing(data: Buffer): void {
    if (this.hears() && this.open) this.socket.pong(data);
  }

  /** Whether what came is to be looked at: not after the end, and not more of it than allowed. */
  private hears(): boolean {
    if (this.ended) return false;
    this.lastHeardAt = Date.now();
    const second = Math.floor(this.lastHeardAt / 1_000);
    if (this.frames.second !== second) this.frames = { second, count: 0 };
    if (++this.frames.count <= limits.framesPerSecond) return true;
    this.close(closeCode.tooMany, `more than ${limits.framesPerSecond} frames a second`);
    return false;
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
    const proof = await this.caller.begin(hello.token ?? '');
    if (!proof || this.ended) return;
    const { actor, expiresAt } = proof;
    this.freeSeat = this.services.seats.take(actor);
    if (!this.freeSeat) return this.close(closeCode.tooMany, 'too many streams of this caller');
    const exp = Number.isFinite(expiresAt) ? Math.floor(expiresAt / 1_000) : null;
    const { workspaceId: workspace } = actor;
    this.tell({ t: 'welcome', sid: randomUUID(), hb: BEAT_MS, exp, win: hello.win ?? null, limits, workspace });
  }

  private async subscribe({ id, ch, mode, since }: Sub): Promise<void> {
    const { actor } = this.caller;
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
    const proof = await this.caller.renew(token);
    if (proof && !this.ended) this.tell({ t: 'authd', exp: Math.floor(proof.expiresAt / 1_000) });
  }

  /** What a caller with another role may no longer see ends. */
  private judgeAgain(actor: Actor): void {
    for (const [id, { channel }] of this.subscriptions) {
      try {
        this.services.authorizer.check(channel.access, actor, `channel ${channel.name}`);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        this.unsubscribe(id);
        this.tell({ t: 'unsubd', id, ch: channel.name, code: error.code });
      }
    }
  }

  private refuse(frame: ClientFrame, error: unknown): void {
    const failure =
      error instanceof ServiceError
        ? error
        : new ServiceError('INTERNAL', 'internal error', undefined, { cause: error });
    const { retryable } = errorTable[failure.code];
    const id = 'id' in frame ? frame.id : undefined;
    const { code, message: msg, retryAfterMs: afterMs } = failure;
    this.tell({ t: 'err', id, code, msg, retryable, afterMs });
  }

  private onDrained(): void {
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
    this.tell({ t: 'hb', n: ++this.beats, heads });
  }

  private find(ch: string): ChannelSubscription | undefined {
    return [...this.subscriptions.values()].find((subscription) => subscription.channel.name === ch);
  }

  private close(code: number, reason: string): void {
    if (this.ended) return;
    this.socket.close(code, Buffer.from(reason).subarray(0, 100).toString());
    setTimeout(() => this.socket.terminate(), CLOSING_MS).unref();
    this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.caller.end();
    this.freeSeat?.();
    for (const subscription of this.subscriptions.values()) subscription.end();
    this.subscriptions.clear();
    this.services.telemetry.connections.add(-1);
  }

  private after(ms: number, work: () => void): void {
    this.timers.add(setTimeout(work, ms));
  }

  private every(ms: number, work: () => void): void {
    this.timers.add(setInterval(work, ms));
  }
}
