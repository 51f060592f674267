import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { JsonText } from './json-text.js';
import {
  consumerName,
  type RpcContract,
  type StreamedContract,
  type Subscription,
  type TaskContract,
} from '@scm/contracts';
import type { StreamedAnswer } from './running.stream.js';

type Method<A extends unknown[], R> = <T extends (...args: A) => Promise<R>>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/** How a durable message came. */
export interface DeliveryInfo {
  /** 1 at first; more when a former delivery was not confirmed. */
  readonly delivery: number;
  readonly signal: AbortSignal;
  /** Aborts earlier, when no more work shall be taken. */
  readonly draining: AbortSignal;
}

/** Answers a request; a payload or reply type that differs from the contract does not compile. */
export function Rpc<Req extends object, Res extends object>(
  contract: RpcContract<Req, Res>,
): Method<[Req], Res | JsonText<Res>> {
  return MessagePattern(contract.subject, { contract }) as Method<[Req], Res | JsonText<Res>>;
}

/** Answers a request with a head it returns, or with a stream it begins. */
export function Streamed<Req extends object, Head extends object>(
  contract: StreamedContract<Req, Head>,
): Method<[Req, StreamedAnswer<Head>], Head | void> {
  return withContext(contract.subject, contract);
}

/** Does one unit of durable work. Returning confirms it; throwing asks for redelivery. */
export function Task<P extends object>(contract: TaskContract<P>): Method<[P, DeliveryInfo], void> {
  return withContext(contract.subject, contract);
}

/** Reads an event durably. Returning confirms it; throwing asks for redelivery after the subscription's backoff. */
export function On<P extends object>(subscription: Subscription<P>): Method<[P, DeliveryInfo], void> {
  return withContext(consumerName(subscription), subscription);
}

/** Without parameter decorators Nest hands over the payload alone. */
function withContext<P, C, R>(
  pattern: string,
  contract: TaskContract | Subscription | StreamedContract,
): Method<[P, C], R> {
  return (target, key, descriptor) => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    MessagePattern(pattern, { contract })(target, key, descriptor);
  };
}
