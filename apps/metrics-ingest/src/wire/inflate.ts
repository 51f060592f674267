import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { uncompress } from 'snappy';
import { ServiceError } from '@scm/contracts';

/** However well something is compressed, so much of it is read at most. */
const MAX_BYTES = 33_554_432;

const unzip = promisify(gunzip);

/** A snappy block. Its declared length is judged before anything is inflated. */
export async function unsnappy(body: Uint8Array): Promise<Buffer> {
  if (declaredLength(body) > MAX_BYTES) throw tooLarge();
  const bytes = await uncompress(body, { asBuffer: true }).catch(() => Promise.reject(broken('snappy')));
  return bytes as Buffer;
}

export async function ungzip(body: Uint8Array): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    throw (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : broken('gzip');
  }
}

/** A varint of at most 32 bits before the compressed bytes. */
function declaredLength(body: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = body[i] ?? 0x80;
    length += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return length;
  }
  throw broken('snappy');
}

function broken(encoding: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', `the body is not ${encoding}`);
}

function tooLarge(): ServiceError {
  return new ServiceError('PAYLOAD_TOO_LARGE', `the body inflates to more than ${MAX_BYTES} bytes`);
}
