import type { Duplex } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';

/** Below this a frame is not worth deflating. */
const DEFLATE_FROM_BYTES = 1_024;
const FIN_TEXT = 0x81;
const DEFLATED = 0x40;
/** RFC 7692, 7.2.1: every deflated message ends with these, so they are not sent. */
const TAIL_BYTES = 4;

/** One text message as the bytes that go over the wire: made once, however many sockets get it. */
export class Message {
  private readonly payload: Buffer;
  private plainFrame?: Buffer;
  private deflatedFrame?: Buffer;

  constructor(text: string) {
    this.payload = Buffer.from(text);
  }

  static of(frame: object): Message {
    return new Message(JSON.stringify(frame));
  }

  get plain(): Buffer {
    return (this.plainFrame ??= framed(FIN_TEXT, this.payload));
  }

  /** For clients that asked for it; each message stands alone, so all of them get the same bytes. */
  get deflated(): Buffer {
    if (this.payload.length < DEFLATE_FROM_BYTES) return this.plain;
    return (this.deflatedFrame ??= framed(FIN_TEXT | DEFLATED, deflated(this.payload)));
  }
}

/** The sending side of one socket: what is sent within a tick leaves in one write. */
export class Wire {
  private isCorked = false;

  constructor(
    private readonly socket: Duplex,
    private readonly isDeflated: boolean,
  ) {}

  /** Bytes that the client has not taken yet. */
  get queuedBytes(): number {
    return this.socket.writableLength;
  }

  send(message: Message): void {
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      process.nextTick(() => this.uncork());
    }
    this.socket.write(this.isDeflated ? message.deflated : message.plain);
  }

  private uncork(): void {
    this.isCorked = false;
    this.socket.uncork();
  }
}

/** A server's frame (RFC 6455, 5.2): in one piece and without a mask. */
function framed(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame[0] = first;
  if (headBytes === 2) frame[1] = length;
  else if (headBytes === 4) frame.writeUInt16BE(length, frame.writeUInt8(126, 1));
  else frame.writeBigUInt64BE(BigInt(length), frame.writeUInt8(127, 1));
  payload.copy(frame, headBytes);
  return frame;
}

function deflated(payload: Buffer): Buffer {
  const bytes = deflateRawSync(payload, { level: 3, finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, bytes.length - TAIL_BYTES);
}
