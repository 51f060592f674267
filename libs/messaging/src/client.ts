import { context, SpanKind } from '@opentelemetry/api';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { jetstream, type JetStreamClient, type PubAck } from '@nats-io/jetstream';
import {
  allContracts,
  eventSubject,
  type Contract,
  keyedSubject,
  replicaSubject,
  ServiceError,
  type Actor,
  type EventContract,
  type RpcContract,
  type StreamedContract,
  type TaskContract,
} from '@scm/contracts';
import { currentCall } from './call.js';
import { encodeRequest, errorOf } from './codec.js';
import { header } from './headers.js';
import { JsonText } from './json-text.js';
import { StreamClient, type StreamReceiver } from './stream.client.js';
import { injectTrace, traced, traceFrom } from './trace.js';

/** Proves to the called service who calls. */
export interface ContextSigner {
  sign(actor: Actor): Promise<string>;
}

export interface RequestOptions {
  /** Who calls; without it the caller of the running handler, and without one nobody. */
  as?: Actor;
  timeoutMs?: number;
  idempotencyKey?: string;
  /** A context that is signed already, instead of `as`. */
  token?: string;
}

/** One fact to be published. */
export interface EventMessage {
  contract: EventContract;
  keys: readonly string[];
  payload: object;
  id: string;
  epoch?: string;
  traceparent?: string;
}

/** What is stored by id may be sent again soon: a message lost on the way then costs a second. */
const again = { timeout: 1_000, retries: 5 };

const declared = new Set<Contract>(allContracts.map(({ contract }) => contract));

/** The only way one service calls another. A contract that @scm/contracts does not list is refused. */
export class MessagingClient {
  private readonly js: JetStreamClient;
  private readonly streams: StreamClient;

  constructor(
    private readonly nc: NatsConnection,
    private readonly signer: ContextSigner,
  ) {
    this.js = jetstream(nc);
    this.streams = new StreamClient(nc);
  }

  /** Asks one replica. Throws the service's ServiceError, UNAVAILABLE when none answers, DEADLINE_EXCEEDED when late. */
  async request<Req extends object, Res extends object>(
    contract: RpcContract<Req, Res>,
    request: Req,
    options: RequestOptions = {},
  ): Promise<Res> {
    return (await this.requestText(contract, request, options)).read();
  }

  /** The same, for who passes the reply on. */
  async requestText<Req extends object, Res extends object>(
    contract: RpcContract<Req, Res>,
    request: Req,
    options: RequestOptions = {},
  ): Promise<JsonText<Res>> {
    assertDeclared(contract);
    return traced(contract.subject, SpanKind.CLIENT, context.active(), async () => {
      const timeout = remainingMs(options.timeoutMs ?? contract.timeoutMs);
      const { data, fields } = encodeRequest(contract, request);
      const h = await this.headersFor(options, timeout);
      if (fields) h.set(header.fields, fields);
      const msg = await this.nc
        .request(contract.subject, this.fitting(data), { timeout, headers: h })
        .catch((error: unknown) => Promise.reject(transportError(contract.subject, error)));
      const failure = errorOf(msg);
      if (failure) throw failure;
      return new JsonText<Res>(msg.string());
    });
  }

  /** Asks every replica and gathers what comes within `timeoutMs`; silent for `quietMs` after an answer ends it early. */
  async requestAll<Req extends object, Res extends object>(
    contract: RpcContract<Req, Res>,
    request: Req,
    { quietMs = 200, as }: { quietMs?: number; as?: Actor } = {},
  ): Promise<Res[]> {
    assertDeclared(contract);
    const h = await this.headersFor({ as }, contract.timeoutMs);
    const answers: Res[] = [];
    const replies = await this.nc
      .requestMany(contract.subject, JSON.stringify(request), {
        strategy: 'stall',
        stall: quietMs,
        maxWait: contract.timeoutMs,
        headers: h,
      })
      .catch((error: unknown) => Promise.reject(transportError(contract.subject, error)));
    for await (const msg of replies) if (msg.data.length > 0 && !errorOf(msg)) answers.push(msg.json<Res>());
    return answers;
  }

  /**
   * Asks one replica, or the one that `to` names, and receives what it sends. Resolves with the end of the answer or when the receiver wants no more;
   * throws the service's ServiceError, and UNAVAILABLE when nobody answers or the one who did is gone.
   */
  async stream<Req extends object, Head extends object>(
    contract: StreamedContract<Req, Head>,
    request: Req,
    receiver: StreamReceiver<Head>,
    { to, ...options }: Pick<RequestOptions, 'as'> & { to?: string } = {},
  ): Promise<void> {
    assertDeclared(contract);
    await traced(contract.subject, SpanKind.CLIENT, context.active(), async () => {
      const body = this.fitting(JSON.stringify(request));
      const prove = () => this.headersFor(options);
      const subject = replicaSubject(contract, to);
      await this.streams.receive(contract, { subject, body, headers: await prove(), prove }, receiver);
    });
  }

  /** Publishes a fact into its stream; `id` makes a repeated publish within the duplicate window one message. */
  async publish(event: EventMessage): Promise<PubAck> {
    const { contract, keys, payload, id } = event;
    const h = eventHeaders(event);
    return this.js.publish(eventSubject(contract, keys), JSON.stringify(payload), { ...again, msgID: id, headers: h });
  }

  /** Publishes facts of one stream in order, and waits for the last one only: its place tells whether all are stored. */
  async publishAll(events: readonly EventMessage[]): Promise<PubAck> {
    const last = events.at(-1);
    if (!last) throw new TypeError('nothing to publish');
    for (const event of events.slice(0, -1)) {
      const h = eventHeaders(event);
      h.set('Nats-Msg-Id', event.id);
      this.nc.publish(eventSubject(event.contract, event.keys), JSON.stringify(event.payload), { headers: h });
    }
    return this.publish(last);
  }

  /** Stores a task; `id` makes a repeated enqueue within the duplicate window one task. */
  async enqueue<P extends object>(
    contract: TaskContract<P>,
    keys: readonly string[],
    payload: P,
    options: { id: string; traceparent?: string },
  ): Promise<void> {
    const parent = options.traceparent ? traceFrom(options.traceparent) : context.active();
    assertDeclared(contract);
    await traced(contract.subject, SpanKind.PRODUCER, parent, async () => {
      const h = headers();
      injectTrace(h);
      const body = this.fitting(JSON.stringify(payload));
      await this.js.publish(keyedSubject(contract, keys), body, { ...again, msgID: options.id, headers: h });
    });
  }

  private async headersFor(options: RequestOptions, timeoutMs?: number): Promise<MsgHdrs> {
    const h = headers();
    const token = options.token ?? (options.as ? await this.signer.sign(options.as) : currentCall()?.token);
    if (token) h.set(header.context, token);
    if (options.idempotencyKey) h.set(header.idempotencyKey, options.idempotencyKey);
    if (timeoutMs !== undefined) h.set(header.timeoutMs, String(timeoutMs));
    injectTrace(h);
    return h;
  }

  private fitting<T extends string | Uint8Array>(body: T): T {
    const limit = this.nc.info?.max_payload ?? 1_048_576;
    if (body.length * 3 > limit - 16_384 && Buffer.byteLength(body) > limit - 16_384) {
      throw new ServiceError('PAYLOAD_TOO_LARGE', `the message is larger than ${limit - 16_384} bytes`);
    }
    return body;
  }
}

function eventHeaders({ contract, epoch, traceparent }: EventMessage): MsgHdrs {
  assertDeclared(contract);
  const h = headers();
  if (epoch) h.set(header.epoch, epoch);
  if (traceparent) h.set('traceparent', traceparent);
  else injectTrace(h);
  return h;
}

function assertDeclared(contract: Contract): void {
  if (!declared.has(contract)) throw new TypeError(`${contract.subject} is not declared in @scm/contracts`);
}

/** A call inside a call may not outlive it. */
function remainingMs(wantedMs: number): number {
  const deadline = currentCall()?.deadline;
  const left = deadline === undefined ? wantedMs : Math.min(wantedMs, deadline - Date.now());
  if (left <= 0) throw new ServiceError('DEADLINE_EXCEEDED', 'no time is left for a further call');
  return left;
}

function transportError(subject: string, error: unknown): ServiceError {
  const names = [error, error instanceof Error ? error.cause : undefined].map((e) =>
    e instanceof Error ? e.name : '',
  );
  const options = { cause: error };
  if (names.includes('NoRespondersError')) {
    return new ServiceError('UNAVAILABLE', `no service answers ${subject}`, undefined, options);
  }
  if (names.includes('TimeoutError')) {
    return new ServiceError('DEADLINE_EXCEEDED', `${subject} did not answer in time`, undefined, options);
  }
  return new ServiceError('UNAVAILABLE', `${subject} cannot be reached`, undefined, options);
}
