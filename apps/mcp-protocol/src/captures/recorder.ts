import type { AppliedMigrationRule, CapturedFrame, McpRequest } from '@scm/contracts';
import {
  latestRevision,
  type JsonObject,
  type JsonRpcRequest,
  type Peer,
  type ProtocolRevision,
} from '@scm/mcp-messages';

/** What an exchange is, before anything was said but its request. */
export interface ExchangeFacts {
  readonly request: JsonRpcRequest;
  /** Of the client. */
  readonly revision: ProtocolRevision;
  readonly transport: McpRequest['transport'];
  readonly server?: string;
}

/** A message as it passed, with references to what nobody changes any more. */
export interface Frame extends Pick<CapturedFrame, 'atMs' | 'peer' | 'upstream' | 'direction' | 'method'> {
  readonly revision: ProtocolRevision;
  message: JsonObject;
  canonical?: JsonObject;
  rules: readonly AppliedMigrationRule[];
}

/** How a message was put into another revision; without `after` a rule refused it. */
export interface Translated {
  from: ProtocolRevision;
  to: ProtocolRevision;
  sender: Peer;
  method: string;
  before: JsonObject;
  after?: JsonObject;
  rules: readonly AppliedMigrationRule[];
}

const MAX_FRAMES = 128;

/** Keeps what is said in one exchange until its answer is given. */
export class Recorder {
  readonly startedAt = Date.now();
  readonly frames: Frame[] = [];
  omitted = 0;
  private readonly zero = performance.now();
  private hasEnded = false;

  /** `onFrame` is called for each message that precedes the answer. */
  constructor(
    readonly facts: ExchangeFacts,
    private readonly onFrame: () => void,
  ) {
    const { request, revision } = facts;
    this.add({
      peer: 'client',
      direction: 'received',
      method: request.method,
      revision,
      message: { ...request },
      rules: [],
    });
  }

  get tookMs(): number {
    return Math.round(performance.now() - this.zero);
  }

  /** What comes after the end, as from a call that outlives its exchange, belongs to another one. */
  add(frame: Omit<Frame, 'atMs'>): void {
    if (this.hasEnded) return;
    if (this.frames.length < MAX_FRAMES) this.frames.push({ atMs: this.tookMs, ...frame });
    else this.omitted += 1;
    this.onFrame();
  }

  translated({ from, to, sender, method, before, after, rules }: Translated, upstream: string | undefined): void {
    const isReceived = to === latestRevision;
    const peer = (sender === 'client') === isReceived ? 'client' : 'upstream';
    const [first] = this.frames;
    if (peer === 'client' && isReceived && before['id'] !== undefined && first?.message['id'] === before['id']) {
      first.rules = rules;
      if (after) first.canonical = after;
      return;
    }
    const message = (isReceived ? before : after) ?? {};
    const canonical = isReceived ? after : before;
    const named = upstream !== undefined && { upstream };
    const direction = isReceived ? 'received' : 'sent';
    this.add({ peer, ...named, direction, method, revision: isReceived ? from : to, message, canonical, rules });
  }

  /** The answer as it is sent: that of an older revision was translated just before. */
  end(response: JsonObject): void {
    const last = this.frames.at(-1);
    if (last?.peer === 'client' && last.direction === 'sent' && !('method' in last.message)) last.message = response;
    else {
      const { request, revision } = this.facts;
      this.add({ peer: 'client', direction: 'sent', method: request.method, revision, message: response, rules: [] });
    }
    this.hasEnded = true;
  }
}
