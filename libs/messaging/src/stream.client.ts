import { createInbox, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { abortSubject, ServiceError, type StreamedContract } from '@scm/contracts';
import { errorOf } from './codec.js';
import { header } from './headers.js';
import { BEAT_MS, MISSED_BEATS, type FrameKind } from './stream.frames.js';

/** Whoever receives a streamed answer. */
export interface StreamReceiver<Head extends object = object> {
  onHead(head: Head): void;
  onText(text: string, mark: string | undefined): void;
  /** Aborting says that the rest is not wanted. */
  readonly signal: AbortSignal;
}

/** The answers that are on their way to this process: one subscription receives all of them. */
export class StreamClient {
  private readonly prefix = createInbox();
  private readonly receiving = new Map<string, Receiving>();
  private subscription?: Subscription;
  private watch?: NodeJS.Timeout;
  private count = 0;

  constructor(private readonly nc: NatsConnection) {}

  /** Resolves with the end of the answer, or when `receiver.signal` aborts. Throws the service's ServiceError, and UNAVAILABLE when it is gone. */
  async receive<Head extends object>(
    contract: StreamedContract<object, Head>,
    request: { subject: string; body: string; headers: MsgHdrs; prove: () => Promise<MsgHdrs> },
    receiver: StreamReceiver<Head>,
  ): Promise<void> {
    if (receiver.signal.aborted) return;
    this.subscription ??= this.listen();
    const inbox = `${this.prefix}.${++this.count}`;
    const receiving = new Receiving(contract, receiver as StreamReceiver, request.prove);
    const giveUp = () => {
      this.nc.publish(abortSubject(contract), inbox);
      receiving.end();
    };
    receiver.signal.addEventListener('abort', giveUp, { once: true });
    this.receiving.set(inbox, receiving);
    try {
      this.nc.publish(request.subject, request.body, { reply: inbox, headers: request.headers });
      await receiving.ended;
    } finally {
      this.receiving.delete(inbox);
      receiver.signal.removeEventListener('abort', giveUp);
    }
  }

  private listen(): Subscription {
    this.watch = setInterval(() => {
      if (this.nc.isClosed()) return clearInterval(this.watch);
      const late = Date.now() - BEAT_MS * MISSED_BEATS;
      for (const receiving of this.receiving.values()) if (receiving.heardAt < late) receiving.fail();
    }, BEAT_MS / 2);
    this.watch.unref();
    return this.nc.subscribe(`${this.prefix}.*`, {
      callback: (error, msg) => {
        if (!error) this.receiving.get(msg.subject)?.take(msg);
      },
    });
  }
}

/** One answer on its way. */
class Receiving {
  heardAt = Date.now();
  readonly ended: Promise<void>;
  readonly end: () => void;
  private readonly reject: (error: Error) => void;
  private parts: Uint8Array[] = [];

  constructor(
    private readonly contract: StreamedContract,
    private readonly receiver: StreamReceiver,
    private readonly prove: () => Promise<MsgHdrs>,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    this.end = resolve;
    this.reject = reject;
  }

  take(msg: Msg): void {
    this.heardAt = Date.now();
    if (msg.headers?.code === 503) return this.fail();
    const failure = errorOf(msg);
    if (failure) return this.reject(failure);
    const kind = (msg.headers?.get(header.frame) || undefined) as FrameKind | undefined;
    if (kind === 'beat') void this.answerBeat(msg);
    else if (kind === 'part') this.parts.push(msg.data);
    else this.takeFrame(kind, this.joined(msg), msg.headers?.get(header.mark) || undefined);
  }

  fail(): void {
    this.reject(new ServiceError('UNAVAILABLE', `no service answers ${this.contract.subject}`));
  }

  private takeFrame(kind: FrameKind | undefined, text: string, mark: string | undefined): void {
    if (kind === 'text') return this.receiver.onText(text, mark);
    if (kind !== 'end') this.receiver.onHead(JSON.parse(text) as object);
    if (kind !== 'head') this.end();
  }

  private async answerBeat(msg: Msg): Promise<void> {
    msg.respond(undefined, { headers: await this.prove() });
  }

  private joined(msg: Msg): string {
    if (this.parts.length === 0) return msg.string();
    const text = Buffer.concat([...this.parts, msg.data]).toString();
    this.parts = [];
    return text;
  }
}
