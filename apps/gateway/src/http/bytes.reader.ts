import type { IncomingMessage } from 'node:http';
import { ServiceError } from '@scm/contracts';

/** A body as it comes, compressed or not. Throws PAYLOAD_TOO_LARGE as soon as it is known to be larger. */
export function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const tooLarge = () => reject(new ServiceError('PAYLOAD_TOO_LARGE', `the body is larger than ${maxBytes} bytes`));
  const chunks: Buffer[] = [];
  let size = 0;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) tooLarge();
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    // What is too large is read on and dropped: its sender would not hear the answer before.
    if (size <= maxBytes) chunks.push(chunk);
    else tooLarge();
  });
  request.once('end', () => resolve(Buffer.concat(chunks)));
  request.once('error', reject);
  request.once('close', () => reject(new ServiceError('INVALID_ARGUMENT', 'the body ended too early')));
  return promise;
}
