import { decode, encode } from '@msgpack/msgpack';
import { ServiceError } from '@scm/contracts';

/** How the messages of a socket are written. */
export interface SocketEncoding {
  write(text: string): string | Uint8Array;
  /** The message as JSON text. Throws INVALID_ARGUMENT for what is none. */
  read(data: Buffer, isBinary: boolean): string;
}

const json: SocketEncoding = {
  write: (text) => text,
  read: (data, isBinary) => {
    if (isBinary) throw new ServiceError('INVALID_ARGUMENT', 'send text');
    return data.toString();
  },
};

const msgpack: SocketEncoding = {
  write: (text) => encode(JSON.parse(text)),
  read: (data, isBinary) => {
    if (!isBinary) throw new ServiceError('INVALID_ARGUMENT', 'send MessagePack');
    try {
      return JSON.stringify(decode(data)) ?? '';
    } catch (error) {
      throw new ServiceError('INVALID_ARGUMENT', 'the message is not MessagePack', undefined, { cause: error });
    }
  },
};

/** By their subprotocol. */
export const encodings = { mcp: json, 'mcp.msgpack': msgpack } as const satisfies Record<string, SocketEncoding>;

export type Subprotocol = keyof typeof encodings;
