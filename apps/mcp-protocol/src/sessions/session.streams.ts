import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { McpHead, McpRequest } from '@scm/contracts';
import type { StreamedAnswer } from '@scm/messaging';
import { errorCodes, ProtocolError } from '@scm/mcp-messages';
import { AnswerWriter } from '../protocol/answer.writer.js';
import { FrameStore, type StoredFrame } from './frame.store.js';
import { SSE_STREAM } from './mailbox.stream.js';
import type { Session } from './session.js';
import { SessionBus } from './session.bus.js';
import { SessionListening } from './session.listening.js';
import { isCallStream, newSessionStream, placeOf, placeText, requestIdOf, type StreamPlace } from './stream-id.js';

const RETRY_MS = 1_000;
const LOST_PLACE_WAIT_MS = 250;
/** So long nobody says that a call is at work before it is taken for lost. */
const LOST_CALL_MS = 5_000;

/** The streams that clients of sessions open with GET. Any replica serves any of them from what is kept. */
@Injectable()
export class SessionStreams {
  /** The streams of calls that this replica works on. */
  readonly working = new Set<string>();
  private readonly open = new Map<string, { session: string; end: AbortController }>();
  private readonly heard = new Map<string, () => void>();

  constructor(
    private readonly frames: FrameStore,
    private readonly listening: SessionListening,
    private readonly bus: SessionBus,
  ) {
    bus.on('streaming', (session, { stream }) => this.displace(session, String(stream)));
    bus.on('wanted', (session, { stream }) => {
      if (this.working.has(String(stream))) void bus.tell(session, 'working', { stream }).catch(() => undefined);
    });
    bus.on('working', (_, { stream }) => this.heard.get(String(stream))?.());
  }

  async serve(asked: McpRequest, session: Session, answer: StreamedAnswer<McpHead>): Promise<void> {
    const place = placeOf(asked.headers['last-event-id']) ?? newPlace(asked);
    const writer = new AnswerWriter(answer, asked, { 'mcp-session-id': session.id });
    writer.begin({ 'scm-mark': placeText(place) });
    if (isCallStream(place.stream)) return this.resumeCall(session, place, writer, answer);
    const isNew = place.seq === 0 && asked.transport === 'http';
    if (isNew && (session.revision ?? '') >= '2025-11-25') writer.prime(placeText(place), RETRY_MS);
    await this.serveSession(asked, session, place, writer, answer);
  }

  /** Messages outside of calls. A client has one such stream: the one it opened last. */
  private async serveSession(
    asked: McpRequest,
    session: Session,
    place: StreamPlace,
    writer: AnswerWriter,
    answer: StreamedAnswer<McpHead>,
  ): Promise<void> {
    const end = new AbortController();
    const key = randomUUID();
    this.open.set(key, { session: session.id, end });
    await this.bus.tell(session.id, 'streaming', { stream: key });
    const signal = AbortSignal.any([answer.signal, answer.draining, end.signal]);
    const listened = this.listening.run(session, place.stream, signal, () => end.abort());
    try {
      for await (const { message, seq } of this.framesFrom(session, place, signal)) {
        const mark = placeText({ ...place, seq });
        if (message) answer.send(writer.encoded(message, asked.transport === 'http' ? mark : undefined), mark);
      }
      // Whoever was displaced, or has no session any more, does not go on elsewhere.
      if (end.signal.aborted) writer.finish();
    } finally {
      this.open.delete(key);
      await listened;
      if (asked.transport === 'sse' && answer.signal.aborted && !answer.stopping.aborted)
        await this.listening.end(session);
    }
  }

  private async resumeCall(
    session: Session,
    place: StreamPlace,
    writer: AnswerWriter,
    answer: StreamedAnswer<McpHead>,
  ): Promise<void> {
    const end = new AbortController();
    const signal = AbortSignal.any([answer.signal, answer.draining, end.signal]);
    const looked = this.lookAfter(session, place.stream, signal);
    for await (const { message, last, seq } of this.framesFrom(session, place, signal)) {
      if (message) writer.send(message, placeText({ ...place, seq }), last === 1);
      else writer.finish();
      if (last === 1) end.abort();
    }
    await looked;
  }

  /** A call whose replica is gone is answered with an error by whoever waits for it. */
  private async lookAfter(session: Session, stream: string, signal: AbortSignal): Promise<void> {
    let heardAt = Date.now();
    this.heard.set(stream, () => (heardAt = Date.now()));
    while (!signal.aborted) {
      await this.bus.tell(session.id, 'wanted', { stream });
      await sleep(LOST_CALL_MS / 3, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || Date.now() - heardAt < LOST_CALL_MS) continue;
      const lost = new ProtocolError(errorCodes.internalError, 'The call was lost: nobody works on it any more');
      const message = lost.toResponse(requestIdOf(stream)) as unknown as Record<string, unknown>;
      await this.frames.keep(session.id, stream, { message, last: 1 });
      break;
    }
    this.heard.delete(stream);
  }

  /** Goes on where NATS lost the place. */
  private async *framesFrom(session: Session, place: StreamPlace, signal: AbortSignal): AsyncGenerator<StoredFrame> {
    let after = place.seq;
    while (!signal.aborted) {
      try {
        for await (const frame of this.frames.follow(session.id, place.stream, after, signal)) {
          after = frame.seq;
          yield frame;
        }
      } catch {
        await sleep(LOST_PLACE_WAIT_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private displace(session: string, by: string): void {
    for (const [key, stream] of this.open) if (stream.session === session && key !== by) stream.end.abort();
  }
}

function newPlace({ transport }: McpRequest): StreamPlace {
  return { stream: transport === 'sse' ? SSE_STREAM : newSessionStream(), seq: 0 };
}
