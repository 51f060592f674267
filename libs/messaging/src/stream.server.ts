import { SpanKind } from '@opentelemetry/api';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { abortSubject, decode, ServiceError, type Actor, type StreamedContract } from '@scm/contracts';
import { runCall, type Call } from './call.js';
import { errorReply, toServiceError } from './codec.js';
import { header } from './headers.js';
import { textOf } from './json-text.js';
import type { Authorize } from './rpc.server.js';
import { BEAT_MS, frameHeaders, FrameSender } from './stream.frames.js';
import { extractTrace, traced } from './trace.js';

/** How a handler of a streamed contract answers when its answer goes on; otherwise it returns the head. */
export interface StreamedAnswer<Head extends object = object> {
  /** Aborts when the caller is gone, or the service stops without waiting any longer. */
  readonly signal: AbortSignal;
  /** Aborts when the service stops without waiting any longer, whether or not the caller is there. */
  readonly stopping: AbortSignal;
  /** Aborts earlier, when the service is about to stop: what the caller can go on with elsewhere ends now. */
  readonly draining: AbortSignal;
  begin(head: Head): void;
  /** `mark` names the place in the stream, for whoever goes on after it elsewhere. */
  send(text: string, mark?: string): void;
  /** Ends the answer although the handler goes on, with `head` when none was sent; what it sends from now on goes nowhere. */
  close(head?: Head): void;
}

export type InvokeStreamed = (payload: object, answer: StreamedAnswer) => Promise<unknown>;

export interface StreamServerOptions {
  nc: NatsConnection;
  service: string;
  authorize: Authorize;
  /** Answers that go on at once; more are refused with RESOURCE_EXHAUSTED. */
  maxStreams: number;
  draining: AbortSignal;
  signal: AbortSignal;
  onBug: (error: unknown, subject: string) => void;
}

/** Answers streamed contracts from queue subscriptions. */
export class StreamServer {
  private readonly answering: Subscription[] = [];
  private readonly aborting: Subscription[] = [];
  private readonly running = new Map<string, RunningStream>();
  private readonly inFlight = new Set<Promise<void>>();
  private beats?: NodeJS.Timeout;

  constructor(private readonly options: StreamServerOptions) {}

  serve(contract: StreamedContract, invoke: InvokeStreamed): void {
    const { nc, service, onBug } = this.options;
    const answer = nc.subscribe(contract.subject, {
      queue: service,
      callback: (error, msg) =>
        error ? onBug(error, contract.subject) : this.track(this.answer(contract, invoke, msg)),
    });
    const abort = nc.subscribe(abortSubject(contract), {
      callback: (_, msg) => this.running.get(msg.string())?.abort(),
    });
    this.answering.push(answer);
    this.aborting.push(abort);
    this.beats ??= setInterval(() => this.beat(), BEAT_MS);
  }

  /** Takes no new calls, then waits for the running ones. */
  async close(): Promise<void> {
    await Promise.all(this.answering.map((s) => s.drain()));
    await Promise.allSettled(this.inFlight);
    clearInterval(this.beats);
    for (const subscription of this.aborting) subscription.unsubscribe();
  }

  private async answer(contract: StreamedContract, invoke: InvokeStreamed, msg: Msg): Promise<void> {
    const { nc, maxStreams, onBug } = this.options;
    const inbox = msg.reply;
    if (!inbox) return;
    const stream = new RunningStream(new FrameSender(nc, inbox), (text) => msg.respond(text), this.options);
    try {
      if (this.running.size >= maxStreams) {
        throw new ServiceError('RESOURCE_EXHAUSTED', 'the service is busy', undefined, { retryAfterMs: 1_000 });
      }
      this.running.set(inbox, stream);
      await traced(contract.subject, SpanKind.SERVER, extractTrace(msg.headers), async () => {
        const token = msg.headers?.get(header.context) || undefined;
        const prove = (given: string | undefined) => this.options.authorize(contract, given);
        stream.prove(await prove(token), token, prove);
        const payload = decode(contract.request, msg.string());
        stream.close((await runCall(stream, () => invoke(payload, stream))) as object | undefined);
      });
    } catch (error) {
      const failure = toServiceError(error);
      if (failure.code === 'INTERNAL') onBug(error, contract.subject);
      const { body, headers } = errorReply(failure);
      msg.respond(body, { headers });
    } finally {
      this.running.delete(inbox);
    }
  }

  /** A caller whose process or connection ended has no inbox any more; one that is there proves anew who asks. */
  private beat(): void {
    const before = Date.now() - BEAT_MS / 2;
    for (const [inbox, stream] of this.running) {
      if (stream.startedAt > before || stream.isClosed) continue;
      void this.options.nc
        .request(inbox, undefined, { timeout: BEAT_MS, headers: frameHeaders('beat') })
        .then((msg) => stream.renew(msg.headers?.get(header.context) || undefined))
        .catch(() => stream.abort());
    }
  }

  private track(work: Promise<void>): void {
    this.inFlight.add(work);
    void work.catch((error: unknown) => this.options.onBug(error, 'stream')).finally(() => this.inFlight.delete(work));
  }
}

/** One answer while it goes on, and the call it belongs to: its proof is renewed for as long as it lasts. */
class RunningStream implements StreamedAnswer, Call {
  readonly startedAt = Date.now();
  readonly draining: AbortSignal;
  readonly stopping: AbortSignal;
  actor?: Actor;
  token?: string;
  private readonly gone = new AbortController();
  private either?: AbortSignal;
  private state: 'new' | 'begun' | 'closed' = 'new';
  private again: (token: string | undefined) => Promise<Actor | undefined> = async () => undefined;

  constructor(
    private readonly frames: FrameSender,
    private readonly respond: (text: string) => void,
    { draining, signal }: StreamServerOptions,
  ) {
    this.draining = draining;
    this.stopping = signal;
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Made when a handler asks for it, as few do. */
  get signal(): AbortSignal {
    return (this.either ??= AbortSignal.any([this.stopping, this.gone.signal]));
  }

  prove(actor: Actor | undefined, token: string | undefined, again: RunningStream['again']): void {
    this.actor = actor;
    this.token = token;
    this.again = again;
  }

  async renew(token: string | undefined): Promise<void> {
    await this.again(token);
    this.token = token;
  }

  begin(head: object): void {
    this.state = 'begun';
    this.frames.send('head', JSON.stringify(head));
  }

  send(text: string, mark?: string): void {
    if (this.state === 'begun' && !this.gone.signal.aborted) this.frames.send('text', text, mark);
  }

  close(head?: object): void {
    if (this.state === 'new') this.respond(textOf(head));
    if (this.state === 'begun') this.frames.send('end');
    this.state = 'closed';
  }

  abort(): void {
    this.gone.abort();
  }
}
