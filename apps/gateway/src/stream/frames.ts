import {
  decodeValue,
  fieldsOf,
  Id,
  JsonObject,
  JsonValue,
  OneOf,
  parseJson,
  ServiceError,
  Text,
  Whole,
  type ClassConstructor,
} from '@scm/contracts';

/** The frames of `scm.stream.v1`: one JSON object each, `t` says which. */
export const SUBPROTOCOL = 'scm.stream.v1+json';

/** 4000-4499: reconnect. 4500-4999: do not, the client is at fault. */
export const closeCode = {
  silent: 4000,
  tokenExpired: 4001,
  slow: 4008,
  draining: 4009,
  tooMany: 4029,
  badFrame: 4500,
  unauthenticated: 4501,
  noSuchVersion: 4504,
  helloTimeout: 4508,
} as const;

export class Hello {
  @OneOf(['hello']) t: 'hello';
  @Whole() v: number;
  @Text({ max: 8_192, optional: true }) token?: string;
  @JsonObject({ optional: true }) client?: Record<string, unknown>;
  /** Unacknowledged events the client wants to have at most; without it only the socket's buffer bounds them. */
  @Whole({ min: 1, max: 65_536, optional: true }) win?: number;
}

export class Sub {
  @OneOf(['sub']) t: 'sub';
  @Whole({ max: 4_294_967_295 }) id: number;
  @Text({ max: 256 }) ch: string;
  @OneOf(['stream', 'latest'], { optional: true }) mode?: 'stream' | 'latest';
  /** `"start"`, `{"last":n}` or `{"epoch":e,"seq":s}`; without it from now on. */
  @JsonValue({ optional: true }) since?: unknown;
}

export class Unsub {
  @OneOf(['unsub']) t: 'unsub';
  @Whole({ max: 4_294_967_295 }) id: number;
  @Text({ max: 256, optional: true }) ch?: string;
}

export class Ack {
  @OneOf(['ack']) t: 'ack';
  @Text({ max: 256 }) ch: string;
  @Whole() seq: number;
}

export class Renew {
  @OneOf(['auth']) t: 'auth';
  @Text({ max: 8_192 }) token: string;
}

export class Beat {
  @OneOf(['hb']) t: 'hb';
  @Whole({ optional: true }) n?: number;
}

export type ClientFrame = Hello | Sub | Unsub | Ack | Renew | Beat;

class EpochAndSeq {
  @Id() epoch: string;
  @Whole() seq: number;
}

class Last {
  @Whole({ min: 1, max: 1_000 }) last: number;
}

export type Since = 'start' | EpochAndSeq | Last;

const classes: Record<string, ClassConstructor<ClientFrame>> = {
  hello: Hello,
  sub: Sub,
  unsub: Unsub,
  ack: Ack,
  auth: Renew,
  hb: Beat,
};

/** Reads a client's frame; unknown fields are ignored. Throws INVALID_ARGUMENT. */
export function parseFrame(text: string): ClientFrame {
  const plain = parseJson(text) as Record<string, unknown> | null;
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) {
    throw new ServiceError('INVALID_ARGUMENT', 'a frame is a JSON object');
  }
  const type = typeof plain.t === 'string' && Object.hasOwn(classes, plain.t) ? classes[plain.t] : undefined;
  if (!type) throw new ServiceError('INVALID_ARGUMENT', 'unknown frame type');
  return decodeValue(type, onlyKnown(type, plain));
}

export function parseSince(since: unknown): Since | undefined {
  if (since === undefined || since === 'start') return since;
  const wantsLast = typeof since === 'object' && since !== null && Object.hasOwn(since, 'last');
  return wantsLast ? decodeValue(Last, since) : decodeValue(EpochAndSeq, since);
}

const known = new Map<ClassConstructor, Set<string>>();

function onlyKnown(type: ClassConstructor, plain: Record<string, unknown>): Record<string, unknown> {
  const names = known.get(type) ?? new Set(fieldNames(type));
  known.set(type, names);
  return Object.fromEntries(Object.entries(plain).filter(([name]) => names.has(name)));
}

function fieldNames(type: ClassConstructor): string[] {
  return fieldsOf(type).map((field) => field.name);
}
