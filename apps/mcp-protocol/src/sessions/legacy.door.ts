import { Injectable } from '@nestjs/common';
import type { McpHead, McpRequest } from '@scm/contracts';
import type { StreamedAnswer } from '@scm/messaging';
import {
  assumedRevision,
  errorCodes,
  isJsonObject,
  isStateless,
  latestRevision,
  metaKeys,
  parseMessage,
  ProtocolError,
  type JsonRpcRequest,
  type ParsedSingle,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { AnswerWriter } from '../protocol/answer.writer.js';
import { accepted, jsonHead } from '../protocol/heads.js';
import { RunningCalls } from '../protocol/running-calls.js';
import { Served } from '../protocol/served.js';
import { CallStream } from './call.stream.js';
import { ClientRequests } from './client-requests.js';
import { FrameStore } from './frame.store.js';
import type { LegacyCaller } from './legacy-caller.js';
import { LegacyExchange } from './legacy.exchange.js';
import { MailboxStream } from './mailbox.stream.js';
import { PlainStream } from './plain.stream.js';
import type { Session } from './session.js';
import { SessionOpening } from './session.opening.js';
import { SessionStreams } from './session.streams.js';
import { SessionsService } from './sessions.service.js';

/** Answers clients of the revisions up to 2025-11-25, in sessions that belong to no replica. */
@Injectable()
export class LegacyDoor {
  constructor(
    private readonly sessions: SessionsService,
    private readonly opening: SessionOpening,
    private readonly exchange: LegacyExchange,
    private readonly streams: SessionStreams,
    private readonly frames: FrameStore,
    private readonly requests: ClientRequests,
    private readonly running: RunningCalls,
    private readonly served: Served,
  ) {}

  async post(asked: McpRequest, body: unknown, answer: StreamedAnswer<McpHead>): Promise<McpHead | void> {
    const session = await this.sessionOf(asked);
    if (session === 'unknown') return noSession;
    if (isInitialize(body)) return this.opening.open(asked, body, session, answer);
    const caller = this.callerOf(asked, session);
    const parsed = parseMessage(body, caller.revision);
    const items = parsed.kind === 'batch' ? parsed.items : [parsed];
    await this.hear(asked, items, session);
    const requests = items.flatMap((item) => (item.kind === 'request' ? [item.message] : []));
    if (requests.length === 0) return accepted;
    return this.answerAll(asked, requests, parsed.kind === 'batch', caller, answer);
  }

  /** What a session is told outside of its calls, and where a client goes on that lost a stream. */
  async stream(asked: McpRequest, answer: StreamedAnswer<McpHead>): Promise<McpHead | void> {
    if (isStatelessHeader(asked)) return notAllowed;
    const session = await this.sessionOf(asked);
    if (session === 'unknown') return noSession;
    if (!session && asked.transport !== 'sse') return notAllowed;
    return this.streams.serve(asked, session ?? (await this.sessions.begin(asked)), answer);
  }

  async end(asked: McpRequest): Promise<McpHead> {
    if (isStatelessHeader(asked)) return notAllowed;
    const session = await this.sessionOf(asked);
    if (!session) return notAllowed;
    if (session === 'unknown') return noSession;
    await this.sessions.end(session);
    return { status: 204, headers: {} };
  }

  private async sessionOf({ headers }: McpRequest): Promise<Session | 'unknown' | undefined> {
    const id = headers['mcp-session-id'];
    return id === undefined ? undefined : ((await this.sessions.find(id)) ?? 'unknown');
  }

  private callerOf({ headers, server, transport }: McpRequest, session: Session | undefined): LegacyCaller {
    if (session) {
      if (!session.revision) throw new ProtocolError(errorCodes.invalidRequest, 'The session is not initialized');
      const { revision, requestMeta } = session;
      return { revision, requestMeta, transport, server: session.server, session };
    }
    const revision = (headers['mcp-protocol-version'] ?? assumedRevision) as ProtocolRevision;
    this.served.assertServed(revision);
    return { revision, requestMeta: anonymous, transport, server };
  }

  /** Answers and notifications of the client. */
  private async hear(asked: McpRequest, items: readonly ParsedSingle[], session: Session | undefined): Promise<void> {
    const sender = session?.id ?? asked.headers['scm-connection'];
    for (const { kind, message } of items) {
      if (kind === 'notification' && message.method === 'notifications/cancelled' && sender) {
        await this.running.cancel(sender, message.params?.['requestId']);
      } else if ((kind === 'result' || kind === 'error') && session) {
        await this.requests.answered(session.id, { ...message });
      }
    }
  }

  private async answerAll(
    asked: McpRequest,
    requests: readonly JsonRpcRequest[],
    isBatch: boolean,
    caller: LegacyCaller,
    answer: StreamedAnswer<McpHead>,
  ): Promise<McpHead | undefined> {
    const { session } = caller;
    const sender = session?.id ?? asked.headers['scm-connection'];
    // A session's client that goes away may come back for the answer.
    const end = session && asked.transport !== 'socket' ? answer.stopping : answer.signal;
    const stream = this.streamFor(asked, requests, caller, answer, end);
    if (stream instanceof MailboxStream) answer.close(accepted);
    const answers = await Promise.all(
      requests.map(async (request) => {
        const call = this.running.open(sender, request.id, end);
        try {
          const on = { canSend: stream.canSend, signal: call.signal, send: (message: object) => stream.send(message) };
          const response = await this.exchange.answer(request, caller, on);
          return call.isCancelled ? [] : [response];
        } finally {
          call.close();
        }
      }),
    );
    return stream.end(answers.flat(), isBatch);
  }

  private streamFor(
    asked: McpRequest,
    [first]: readonly JsonRpcRequest[],
    { session }: LegacyCaller,
    answer: StreamedAnswer<McpHead>,
    signal: AbortSignal,
  ): CallStream | PlainStream | MailboxStream {
    if (session && asked.transport === 'sse') return new MailboxStream(session, this.frames, signal);
    const writer = new AnswerWriter(answer, asked);
    if (!session || asked.transport === 'socket') return new PlainStream(writer, signal);
    return new CallStream(session, first?.id, this.frames, writer, answer, signal, this.streams.working);
  }
}

/** A client that never initialized: nothing is known of what it can do. */
const anonymous = { [metaKeys.protocolVersion]: latestRevision, [metaKeys.clientCapabilities]: {} };

const noSession = jsonHead(new ProtocolError(-32_001, 'There is no such session').toResponse(), 404);
const notAllowed: McpHead = { status: 405, headers: { allow: 'POST' } };

function isInitialize(body: unknown): body is Record<string, unknown> {
  return isJsonObject(body) && body['method'] === 'initialize';
}

function isStatelessHeader({ headers }: McpRequest): boolean {
  const version = headers['mcp-protocol-version'];
  return version !== undefined && isStateless(version as ProtocolRevision);
}
