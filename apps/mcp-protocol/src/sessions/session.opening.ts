import { Inject, Injectable } from '@nestjs/common';
import type { McpHead, McpRequest } from '@scm/contracts';
import { currentActor, type StreamedAnswer } from '@scm/messaging';
import {
  isJsonObject,
  judgeRequest,
  negotiateSession,
  parseMessage,
  ProtocolError,
  type JsonObject,
  type JsonRpcRequest,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { initializeResultOf, requestMetaOf } from '@scm/mcp-migration';
import { Recording } from '../captures/recording.js';
import { AnswerWriter } from '../protocol/answer.writer.js';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import { answerOf, toProtocolError } from '../protocol/answering.js';
import { PROVIDER, type Provider } from '../protocol/exchange.js';
import { accepted, resultMessage } from '../protocol/heads.js';
import { Served } from '../protocol/served.js';
import { FrameStore } from './frame.store.js';
import { SSE_STREAM } from './mailbox.stream.js';
import type { Session } from './session.js';
import { SessionsService } from './sessions.service.js';

/** Opens sessions: the client's revision where it is served, else the newest that has sessions. */
@Injectable()
export class SessionOpening {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly sessions: SessionsService,
    private readonly served: Served,
    private readonly frames: FrameStore,
    private readonly recording: Recording,
    private readonly extensions: ExtensionRegistry,
  ) {}

  /** A stream of HTTP+SSE has its session before the client initializes it. */
  async open(
    asked: McpRequest,
    body: JsonObject,
    streamed: Session | undefined,
    answer: StreamedAnswer<McpHead>,
  ): Promise<McpHead | void> {
    const { request, revision } = this.negotiate(body);
    const requestMeta = requestMetaOf(request.params ?? {}, revision);
    const server = streamed?.server ?? asked.server;
    const facts = { request, revision, transport: asked.transport, ...(server !== undefined && { server }) };
    try {
      const message = await this.recording.around(facts, async () => {
        const discover = await answerOf(this.provider, {
          method: 'server/discover',
          params: { _meta: requestMeta },
          actor: currentActor(),
          server,
          signal: answer.signal,
          notify: () => {},
        });
        const { result } = initializeResultOf(discover, revision, { keepsTasks: true }).message;
        return { ...resultMessage(request.id, this.withExtensions(result, revision)) };
      });
      if (streamed && asked.transport === 'sse')
        return await this.initialize(streamed, { revision, requestMeta }, message);
      const session = await this.sessions.begin(asked, { revision, requestMeta });
      return new AnswerWriter(answer, asked, { 'mcp-session-id': session.id }).end(message);
    } catch (error) {
      return new AnswerWriter(answer, asked).end(toProtocolError(error).toResponse(request.id));
    }
  }

  /** Older revisions have no extensions; what they do not know stands in `experimental`. */
  private withExtensions(result: JsonObject, revision: ProtocolRevision): JsonObject {
    const added = this.extensions.capabilitiesFor(revision);
    if (Object.keys(added).length === 0) return result;
    const capabilities = isJsonObject(result['capabilities']) ? result['capabilities'] : {};
    const experimental = isJsonObject(capabilities['experimental']) ? capabilities['experimental'] : {};
    return { ...result, capabilities: { ...capabilities, experimental: { ...experimental, ...added } } };
  }

  private async initialize(
    session: Session,
    change: { revision: ProtocolRevision; requestMeta: JsonObject },
    message: JsonObject,
  ): Promise<McpHead> {
    await this.sessions.change(session, change);
    await this.frames.keep(session.id, SSE_STREAM, { message });
    return accepted;
  }

  private negotiate(body: JsonObject): { request: JsonRpcRequest; revision: ProtocolRevision } {
    const parsed = parseMessage(body);
    if (parsed.kind !== 'request') throw new ProtocolError(-32_600, 'initialize is a request');
    const { message: request } = parsed;
    const version = request.params?.['protocolVersion'];
    const requested = typeof version === 'string' ? version : '';
    const revision = negotiateSession(requested, this.served.all);
    if (!revision) this.served.assertServed(requested, request.id);
    const agreed = revision as ProtocolRevision;
    const refusal = judgeRequest(agreed, 'client', request);
    if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`, undefined, request.id);
    return { request, revision: agreed };
  }
}
