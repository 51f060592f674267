/**
 * Contracts over one NATS connection: a Nest transport that answers them, a client that calls them.
 * Nothing is sent to a subject that is not declared in @scm/contracts.
 */
export { currentActor, currentCall, runCall, runCallUntil, type Call } from './call.js';
export { MessagingClient, type ContextSigner, type EventMessage, type RequestOptions } from './client.js';
export { connectNats } from './connection.js';
export { On, Rpc, Streamed, Task, type DeliveryInfo } from './decorators.js';
export type { DeadLetter } from './durable.reader.js';
export { header } from './headers.js';
export { JsonText } from './json-text.js';
export { NatsTransport, type NatsTransportOptions } from './nats.transport.js';
export { RethrowFilter } from './rethrow.filter.js';
export type { Authorize, IdempotencyStore } from './rpc.server.js';
export type { StreamReceiver } from './stream.client.js';
export type { StreamedAnswer } from './running.stream.js';
export { ensureStreams, EPOCH_KEY, readStreamEnd, setStreamEpoch } from './stream.owner.js';
export { TaskQueue } from './task.queue.js';
export { currentTraceId, currentTraceparent, traced, traceFrom } from './trace.js';
