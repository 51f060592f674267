import type { ClassConstructor } from './fields.js';
import type { ServiceName } from './actor.js';
import type { Access } from './permissions.js';

/** Request and reply: one replica of the owning service answers, the caller waits. */
export interface RpcContract<Req extends object = object, Res extends object = object> {
  readonly kind: 'rpc';
  readonly subject: string;
  readonly service: ServiceName;
  readonly access: Access;
  readonly request: ClassConstructor<Req>;
  readonly reply: ClassConstructor<Res>;
  /** How long the caller waits unless it says otherwise. */
  readonly timeoutMs: number;
  /** `one`: a queue group shares the calls. `all`: every replica answers, the caller gathers. */
  readonly answer: 'one' | 'all';
  /** Whether a call changes state: such calls honour an idempotency key and are audited by their service. */
  readonly changes: boolean;
  /** `bytes`: the field `body` of the request travels as it is, the others beside it. */
  readonly body: 'json' | 'bytes';
  readonly cache?: CacheGroup;
}

/**
 * What is cached and forgotten together, in each workspace for itself: replies of reads of a group are kept until one of
 * its changes is answered or one of its events is published.
 */
export type CacheGroup = 'workflows';

/** A fact, published after its commit. `key` names the tokens that follow the subject, so that readers can filter. */
export interface EventContract<P extends object = object> {
  readonly kind: 'event';
  readonly subject: string;
  readonly service: ServiceName;
  readonly payload: ClassConstructor<P>;
  readonly key: readonly string[];
  readonly cache?: CacheGroup;
}

/**
 * Durable work: stored in a work queue, done by one of the workers with that capability. `key` names the tokens that follow
 * the subject, so that one stored task can be found and withdrawn.
 */
export interface TaskContract<P extends object = object> {
  readonly kind: 'task';
  readonly subject: string;
  readonly service: ServiceName;
  readonly payload: ClassConstructor<P>;
  readonly key: readonly string[];
  /** A task whose worker is silent this long goes to another one. */
  readonly ackWaitMs: number;
}

/**
 * Request and an answer that may go on: one replica sends a head, then texts until it ends. Both ends notice when the other
 * one is gone. An answer that is its head alone is one message, as that of an rpc.
 */
export interface StreamedContract<Req extends object = object, Head extends object = object> {
  readonly kind: 'streamed';
  readonly subject: string;
  readonly service: ServiceName;
  readonly access: Access;
  readonly request: ClassConstructor<Req>;
  readonly head: ClassConstructor<Head>;
  /** Whether a caller says which replica is to answer: each has a subject of its own. */
  readonly toReplica: boolean;
}

/** What is asked for by a caller, whose right to it is judged. */
export type CallContract = RpcContract | StreamedContract;

export type Contract = CallContract | EventContract | TaskContract;

/** What an `event` reader is: one durable consumer shared by the replicas of a service. */
export interface Subscription<P extends object = object> {
  readonly kind: 'subscription';
  readonly event: EventContract<P>;
  readonly service: ServiceName;
  readonly ackWaitMs: number;
  /** Waits before each redelivery; after the last one the event is dead-lettered. */
  readonly backoffMs: readonly number[];
}

interface RpcOptions {
  service: ServiceName;
  access: Access;
  changes: boolean;
  timeoutMs?: number;
  answer?: 'one' | 'all';
  body?: 'json' | 'bytes';
  cache?: CacheGroup;
}

/** Declares `scm.rpc.<name>`; a name is `<domain>.v<N>.<imperative-verb>`. */
export function rpc<Req extends object, Res extends object>(
  name: string,
  request: ClassConstructor<Req>,
  reply: ClassConstructor<Res>,
  options: RpcOptions,
): RpcContract<Req, Res> {
  const { timeoutMs = 5_000, answer = 'one', body = 'json' } = options;
  return { kind: 'rpc', subject: subject('rpc', name), request, reply, ...options, timeoutMs, answer, body };
}

/** Declares `scm.rpc.<name>` with an answer that may go on. */
export function streamed<Req extends object, Head extends object>(
  name: string,
  request: ClassConstructor<Req>,
  head: ClassConstructor<Head>,
  options: { service: ServiceName; access: Access; toReplica?: boolean },
): StreamedContract<Req, Head> {
  return { kind: 'streamed', subject: subject('rpc', name), request, head, toReplica: false, ...options };
}

/** Where one replica is asked, or, for contracts that any replica answers, all of them. */
export function replicaSubject({ subject: of, toReplica }: StreamedContract, instance = ''): string {
  if (toReplica && instance === '') throw new TypeError(`${of} needs to be told which replica is asked`);
  return toReplica ? `${of}.of.${subjectToken(instance)}` : of;
}

/** Where a caller says that it no longer wants the answer; every replica hears it. */
export function abortSubject({ subject: of }: StreamedContract): string {
  return `${of}.abort`;
}

/** Declares `scm.evt.<name>[.<key>…]`; a name is `<domain>.v<N>.<past-tense>`. */
export function event<P extends object>(
  name: string,
  payload: ClassConstructor<P>,
  options: { service: ServiceName; key: readonly string[]; cache?: CacheGroup },
): EventContract<P> {
  return { kind: 'event', subject: subject('evt', name), payload, ...options };
}

/** Declares `scm.task.<name>[.<key>…]`; a name is `<domain>.v<N>.<capability>`. */
export function task<P extends object>(
  name: string,
  payload: ClassConstructor<P>,
  options: { service: ServiceName; ackWaitMs: number; key: readonly string[] },
): TaskContract<P> {
  return { kind: 'task', subject: subject('task', name), payload, ...options };
}

/** Declares that a service reads an event durably. */
export function subscription<P extends object>(
  of: EventContract<P>,
  options: { service: ServiceName; ackWaitMs?: number; backoffMs?: readonly number[] },
): Subscription<P> {
  const { ackWaitMs = 30_000, backoffMs = [250, 1_000, 5_000, 15_000, 60_000] } = options;
  return { kind: 'subscription', event: of, service: options.service, ackWaitMs, backoffMs };
}

/** The full subject of one event or task: the contract's subject and its key tokens. */
export function keyedSubject(contract: EventContract | TaskContract, keys: readonly string[]): string {
  if (keys.length !== contract.key.length) {
    throw new TypeError(`${contract.subject} needs the key ${contract.key.join('.')}`);
  }
  return [contract.subject, ...keys.map(subjectToken)].join('.');
}

export const eventSubject: (contract: EventContract, keys: readonly string[]) => string = keyedSubject;

/** Makes any text one subject token: what NATS forbids or gives a meaning is percent-encoded. */
export function subjectToken(text: string): string {
  return encodeURIComponent(text).replace(/[.*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`) || '%';
}

const NAME = /^[a-z]+(-[a-z]+)*\.v\d+\.[a-z]+(-[a-z]+)*$/;

function subject(kind: 'rpc' | 'evt' | 'task', name: string): string {
  if (!NAME.test(name)) throw new TypeError(`"${name}" is not <domain>.v<N>.<name> in kebab case`);
  return `scm.${kind}.${name}`;
}
