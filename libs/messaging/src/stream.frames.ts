import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { header } from './headers.js';

/** A frame says what it is; a head without it is the whole answer. `part` is the beginning of the frame that follows. */
export const frameKinds = ['head', 'text', 'part', 'beat', 'end'] as const;
export type FrameKind = (typeof frameKinds)[number];

/** How often the server asks whether the caller is there; the caller gives up after this many of them did not come. */
export const BEAT_MS = 5_000;
export const MISSED_BEATS = 3;

/** What headers take at most. */
const HEADER_ROOM = 16_384;

/** Sends the frames of one answer. A frame that is larger than a message may be goes in parts. */
export class FrameSender {
  constructor(
    private readonly nc: NatsConnection,
    private readonly inbox: string,
  ) {}

  send(kind: FrameKind, text = '', mark?: string): void {
    const limit = (this.nc.info?.max_payload ?? 1_048_576) - HEADER_ROOM;
    if (text.length * 3 <= limit) this.publish(kind, text, mark);
    else this.sendInParts(kind, Buffer.from(text), limit, mark);
  }

  private sendInParts(kind: FrameKind, bytes: Buffer, limit: number, mark?: string): void {
    let from = 0;
    for (; bytes.length - from > limit; from += limit) this.publish('part', bytes.subarray(from, from + limit));
    this.publish(kind, bytes.subarray(from), mark);
  }

  private publish(kind: FrameKind, data: string | Buffer, mark?: string): void {
    this.nc.publish(this.inbox, data, { headers: frameHeaders(kind, mark) });
  }
}

export function frameHeaders(kind: FrameKind, mark?: string): MsgHdrs {
  const h = headers();
  h.set(header.frame, kind);
  if (mark !== undefined) h.set(header.mark, mark);
  return h;
}
