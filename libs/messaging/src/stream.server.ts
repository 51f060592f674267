import { SpanKind } from '@opentelemetry/api';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { abortSubject, decode, replicaSubject, ServiceError, type StreamedContract } from '@scm/contracts';
import { runCall } from './call.js';
import { errorReply, toServiceError } from './codec.js';
import { header } from './headers.js';
import type { Authorize } from './rpc.server.js';
import { RunningStream, type StreamedAnswer } from './running.stream.js';
import { BEAT_MS, frameHeaders, FrameSender } from './stream.frames.js';
import { extractTrace, traced } from './trace.js';

export type InvokeStreamed = (payload: object, answer: StreamedAnswer) => Promise<unknown>;

export interface StreamServerOptions {
  nc: NatsConnection;
  service: string;
  instance?: string;
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

  constructor(private readonly options: StreamServerOptions) {
    options.signal.addEventListener('abort', () => this.running.forEach((stream) => stream.abort()), { once: true });
  }

  serve(contract: StreamedContract, invoke: InvokeStreamed): void {
    const { nc, service, instance, onBug } = this.options;
    const answer = nc.subscribe(replicaSubject(contract, instance), {
      ...(!contract.toReplica && { queue: service }),
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
      if (this.options.signal.aborted) stream.abort();
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
