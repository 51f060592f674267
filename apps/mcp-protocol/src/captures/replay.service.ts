import { Injectable } from '@nestjs/common';
import { invalidField, type CapturedExchange, type ReplayRequest } from '@scm/contracts';
import { currentCall } from '@scm/messaging';
import { isProtocolRevision, isStateless, type JsonObject, type JsonRpcRequest } from '@scm/mcp-messages';
import { StatelessExchange } from '../protocol/stateless.exchange.js';
import { LegacyExchange } from '../sessions/legacy.exchange.js';
import { CapturesService } from './captures.service.js';
import { Recording } from './recording.js';
import type { ExchangeFacts } from './recorder.js';
import { metaOf, requestOf, sayable } from './replayed-request.js';

const TIMEOUT_MS = 30_000;

/** Sends captured requests again, as the caller and under the caller's rights. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly captures: CapturesService,
    private readonly recording: Recording,
    private readonly stateless: StatelessExchange,
    private readonly legacy: LegacyExchange,
  ) {}

  /** What was said this time. Throws INVALID_ARGUMENT and FAILED_PRECONDITION when the request cannot be said so. */
  async replay({ id, revision: wanted, params }: ReplayRequest): Promise<CapturedExchange> {
    const captured = await this.captures.exchange(id);
    const revision = wanted ?? captured.revision;
    if (!isProtocolRevision(revision)) throw invalidField('revision', 'is not a published revision');
    const canonical = requestOf(captured, params);
    const request = sayable(canonical, revision);
    const { server } = captured;
    const facts: ExchangeFacts = { request, revision, transport: 'http', ...(server !== undefined && { server }) };
    return this.recording.once(facts, () => this.answer(facts, canonical));
  }

  private answer(
    { request, revision, server, transport }: ExchangeFacts,
    canonical: JsonRpcRequest,
  ): Promise<JsonObject> {
    const signal = currentCall()?.signal ?? AbortSignal.timeout(TIMEOUT_MS);
    const place = { ...(server !== undefined && { server }), transport };
    if (isStateless(revision)) return this.stateless.resolve(request, { ...place, signal, send: () => {} });
    const requestMeta = metaOf(canonical);
    return this.legacy.resolve(request, { ...place, revision, requestMeta }, { canSend: true, signal, send: () => {} });
  }
}
