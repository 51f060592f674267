import { SpanKind } from '@opentelemetry/api';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { ServiceError, type Actor, type CallContract, type RpcContract } from '@scm/contracts';
import { runCall, type Call } from './call.js';
import { decodeRequest, errorReply, toServiceError } from './codec.js';
import { header } from './headers.js';
import { textOf } from './json-text.js';
import { extractTrace, traced } from './trace.js';

/** Decides who calls and whether they may; throws UNAUTHENTICATED or PERMISSION_DENIED. */
export type Authorize = (contract: CallContract, token: string | undefined) => Promise<Actor | undefined>;

/** Answers a repeated call with the reply of the first one. */
export interface IdempotencyStore {
  run(
    call: { actor: Actor; key: string; contract: RpcContract; body: string },
    work: () => Promise<object>,
  ): Promise<object>;
}

export type Invoke = (payload: object) => Promise<unknown>;

export interface RpcServerOptions {
  nc: NatsConnection;
  service: string;
  authorize: Authorize;
  idempotency?: IdempotencyStore;
  /** Calls answered at once; more are refused with RESOURCE_EXHAUSTED. */
  maxInFlight: number;
  /** Aborts when the service stops. */
  signal: AbortSignal;
  onBug: (error: unknown, subject: string) => void;
}

/** Answers rpc contracts from queue subscriptions. */
export class RpcServer {
  private readonly subscriptions: Subscription[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: RpcServerOptions) {
    options.signal.addEventListener('abort', () => this.waiting.forEach((giveUp) => giveUp()), { once: true });
  }

  serve(contract: RpcContract, invoke: Invoke): void {
    const { nc, service } = this.options;
    const subscription = nc.subscribe(contract.subject, {
      ...(contract.answer === 'one' && { queue: service }),
      callback: (error, msg) => {
        if (error) this.options.onBug(error, contract.subject);
        else this.track(this.answer(contract, invoke, msg));
      },
    });
    this.subscriptions.push(subscription);
  }

  /** Takes no new calls, then waits for the running ones. */
  async close(): Promise<void> {
    await Promise.all(this.subscriptions.map((s) => s.drain()));
    await Promise.allSettled(this.inFlight);
  }

  private async answer(contract: RpcContract, invoke: Invoke, msg: Msg): Promise<void> {
    try {
      if (this.inFlight.size >= this.options.maxInFlight) {
        throw new ServiceError('RESOURCE_EXHAUSTED', 'the service is busy', undefined, { retryAfterMs: 250 });
      }
      const parent = extractTrace(msg.headers);
      const reply = await traced(contract.subject, SpanKind.SERVER, parent, () => this.handle(contract, invoke, msg));
      this.respond(msg, textOf(reply));
    } catch (error) {
      const failure = toServiceError(error);
      if (failure.code === 'INTERNAL') this.options.onBug(error, contract.subject);
      const { body, headers } = errorReply(failure);
      msg.respond(body, { headers });
    }
  }

  private async handle(contract: RpcContract, invoke: Invoke, msg: Msg): Promise<unknown> {
    const token = msg.headers?.get(header.context) || undefined;
    const actor = await this.options.authorize(contract, token);
    const payload = decodeRequest(contract, msg);
    const call = this.callOf(contract, msg, actor, token);
    const work = () => runCall(call, async () => (await invoke(payload)) as object);
    const { idempotency } = this.options;
    const reply =
      idempotency && contract.changes && actor && call.idempotencyKey
        ? idempotency.run({ actor, key: call.idempotencyKey, contract, body: msg.string() }, work)
        : work();
    return contract.answer === 'one' ? this.withDeadline(reply, call.deadline) : reply;
  }

  private callOf(contract: RpcContract, msg: Msg, actor: Actor | undefined, token: string | undefined): RunningCall {
    const asked = Number(msg.headers?.get(header.timeoutMs));
    const timeoutMs = asked > 0 ? Math.min(asked, 300_000) : contract.timeoutMs;
    const idempotencyKey = msg.headers?.get(header.idempotencyKey) || undefined;
    return new RunningCall(Date.now() + timeoutMs, this.options.signal, actor, token, idempotencyKey);
  }

  /** The caller gets its answer by the deadline; work that ignores the signal goes on without anyone waiting. */
  private async withDeadline(reply: Promise<object>, deadline: number): Promise<object> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(new ServiceError('DEADLINE_EXCEEDED', 'the work took longer than the caller waits'));
    if (this.options.signal.aborted) giveUp();
    this.waiting.add(giveUp);
    const timer = setTimeout(giveUp, deadline - Date.now());
    try {
      return await Promise.race([reply, late]);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(giveUp);
    }
  }

  private respond(msg: Msg, body: string): void {
    const limit = this.options.nc.info?.max_payload ?? 1_048_576;
    if (body.length * 3 > limit && Buffer.byteLength(body) > limit) {
      throw new ServiceError('RESOURCE_EXHAUSTED', `the answer is larger than ${limit} bytes: ask for less`);
    }
    msg.respond(body);
  }

  private track(work: Promise<void>): void {
    this.inFlight.add(work);
    void work.catch((error: unknown) => this.options.onBug(error, 'rpc')).finally(() => this.inFlight.delete(work));
  }
}

class RunningCall implements Call {
  private aborts?: AbortSignal;

  constructor(
    readonly deadline: number,
    private readonly stopping: AbortSignal,
    readonly actor?: Actor,
    readonly token?: string,
    readonly idempotencyKey?: string,
  ) {}

  /** Made when a handler asks for it, as few do: a signal with a timer costs more than a small call. */
  get signal(): AbortSignal {
    const leftMs = Math.max(0, this.deadline - Date.now());
    return (this.aborts ??= AbortSignal.any([this.stopping, AbortSignal.timeout(leftMs)]));
  }
}
