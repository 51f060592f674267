import { ById } from './auth.contract.js';
import { event, rpc } from './define.js';
import { Flag, Id, Instant, JsonObject, ListOf, Name, Nested, OneOf, Text, Whole } from './fields.js';
import { mcpTransports } from './mcp.contract.js';
import { Nothing, PageRequest } from './page.js';

const MAX_METHOD = 128;
const MAX_PRINCIPAL = 128;

/** Which exchanges a capture records, and how much of them. What is left out lets every exchange pass. */
export class StartCaptureRequest {
  @Name({ optional: true, description: 'Only exchanges with this virtual server' }) server?: string;
  @Text({ max: MAX_METHOD, optional: true, description: 'Only this method, as revision 2026-07-28 names it' })
  method?: string;
  @Text({ max: MAX_PRINCIPAL, optional: true, description: 'Only calls of `user:<id>` or `api-key:<id>`' })
  principal?: string;
  @Flag({ optional: true, description: 'Keeps also what looks like a secret; default false' }) keepsSecrets?: boolean;
  @Whole({ min: 1, max: 3_600, optional: true, description: 'Default 600' }) durationSeconds?: number;
  @Whole({ min: 1, max: 10_000, optional: true, description: 'Ends the capture; default 1,000' })
  maxExchanges?: number;
}

export class Capture {
  @Id() id: string;
  @Name({ optional: true }) server?: string;
  @Text({ max: MAX_METHOD, optional: true }) method?: string;
  @Text({ max: MAX_PRINCIPAL, optional: true }) principal?: string;
  @Flag() keepsSecrets: boolean;
  @Whole() maxExchanges: number;
  /** How many are kept so far. */
  @Whole() exchanges: number;
  @Instant() startedAt: string;
  /** It ends then at the latest. */
  @Instant() until: string;
  @Instant({ optional: true }) endedAt?: string;
}

export class CapturePage {
  @ListOf(() => Capture) items: Capture[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export const ruleOutcomes = ['lossless', 'emulated', 'lossy', 'refused'] as const;

/** A rule of docs/reference/mcp-compatibility that had something to do. */
export class AppliedMigrationRule {
  @Text({ max: 128 }) rule: string;
  @OneOf(ruleOutcomes) class: (typeof ruleOutcomes)[number];
  @OneOf(['up', 'down'], { optional: true, description: 'Towards the newer revision, or the older one' })
  direction?: 'up' | 'down';
}

/** What is wrong with a message by the schema of its revision: `pointer` is a JSON pointer. */
export class MessageProblem {
  @Text({ min: 0, max: 1_024 }) pointer: string;
  @Text({ max: 1_024 }) message: string;
}

export const frameKinds = ['request', 'notification', 'result', 'error'] as const;

/**
 * One message between a client or an upstream and this server, as its revision has it, and as the canonical revision does
 * where that is another. A message that is too large to be kept is `{"omittedBytes": n}`.
 */
export class CapturedFrame {
  @Whole({ description: 'Since the exchange began' }) atMs: number;
  @OneOf(['client', 'upstream']) peer: 'client' | 'upstream';
  @Text({ max: 63, optional: true, description: 'The upstream' }) upstream?: string;
  @OneOf(['received', 'sent']) direction: 'received' | 'sent';
  @OneOf(frameKinds) kind: (typeof frameKinds)[number];
  @Text({ min: 0, max: MAX_METHOD, description: 'The method, or the one that is answered' }) method: string;
  @Text({ max: 10 }) revision: string;
  @JsonObject() message: Record<string, unknown>;
  @Nested(() => MessageProblem, { optional: true }) problem?: MessageProblem;
  @JsonObject({ optional: true }) canonical?: Record<string, unknown>;
  @Nested(() => MessageProblem, { optional: true }) canonicalProblem?: MessageProblem;
  @ListOf(() => AppliedMigrationRule, { max: 128 }) rules: AppliedMigrationRule[];
}

export const exchangeOutcomes = ['running', 'result', 'input_required', 'error'] as const;

export class CapturedExchangeSummary {
  @Id() id: string;
  @Id({ optional: true, description: 'Absent for a replay' }) captureId?: string;
  @Instant() startedAt: string;
  @Whole() tookMs: number;
  @Text({ min: 0, max: MAX_METHOD }) method: string;
  @Text({ max: 1_024, optional: true, description: 'The tool, prompt or resource' }) name?: string;
  @Name({ optional: true }) server?: string;
  @OneOf(mcpTransports) transport: (typeof mcpTransports)[number];
  @Text({ max: 10, description: 'Of the client' }) revision: string;
  @Text({ max: MAX_PRINCIPAL }) principal: string;
  @OneOf(exchangeOutcomes) outcome: (typeof exchangeOutcomes)[number];
  @Whole({ min: -2_147_483_648, max: 2_147_483_647, optional: true, description: 'Of the JSON-RPC error' })
  errorCode?: number;
  @Text({ max: 32, optional: true }) traceId?: string;
}

/** One request with everything that was said until its answer. */
export class CapturedExchange extends CapturedExchangeSummary {
  @ListOf(() => CapturedFrame, { max: 256 }) frames: CapturedFrame[];
  @Whole({ description: 'Values that were replaced because they looked like secrets' }) redacted: number;
  @Whole({ description: 'Frames that came after as many as are kept' }) omitted: number;
}

export class CapturedExchangePage {
  @ListOf(() => CapturedExchangeSummary) items: CapturedExchangeSummary[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ListExchangesRequest extends PageRequest {
  @Id() id: string;
}

/** Sends the request of a captured exchange again, as the caller, and as a client of a revision would say it. */
export class ReplayRequest {
  @Id() id: string;
  @Text({ max: 10, optional: true, description: 'Default the one it was captured in' }) revision?: string;
  @JsonObject({ optional: true, description: 'Canonical, in place of those that were captured' })
  params?: Record<string, unknown>;
}

const service = 'mcp-protocol';
const read = { service, access: 'captures:read', changes: false } as const;
const write = { service, access: 'captures:write', changes: true } as const;

export const CaptureApi = {
  start: rpc('capture.v1.start', StartCaptureRequest, Capture, write),
  list: rpc('capture.v1.list', PageRequest, CapturePage, read),
  get: rpc('capture.v1.get', ById, Capture, read),
  stop: rpc('capture.v1.stop', ById, Capture, write),
  remove: rpc('capture.v1.remove', ById, Nothing, write),
  listExchanges: rpc('capture.v1.list-exchanges', ListExchangesRequest, CapturedExchangePage, read),
  getExchange: rpc('capture.v1.get-exchange', ById, CapturedExchange, read),
  replay: rpc('capture.v1.replay', ReplayRequest, CapturedExchange, { ...write, timeoutMs: 30_000 }),
};

/** Told to every replica: what it is to record from now on, or no more. */
export class CaptureChange {
  @Nested(() => Capture) capture: Capture;
  @Id() workspaceId: string;
}

export const CaptureEvents = {
  changed: event('tap.v1.capture-changed', CaptureChange, { service, key: ['workspace', 'capture'] }),
  exchangeCaptured: event('tap.v1.exchange-captured', CapturedExchange, { service, key: ['workspace', 'capture'] }),
};
