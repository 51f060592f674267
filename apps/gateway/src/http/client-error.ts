import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@scm/contracts';
import { plainProblem, PROBLEM_TYPE } from './plain-problem.js';

/** What Node's parser refuses with another status than 400. */
const refusals: Record<string, { status: number; detail: string; code?: ErrorCode }> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the head of the request is larger than 16 KiB' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    detail: 'the chunk extensions are too large',
    code: 'PAYLOAD_TOO_LARGE',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request took too long to come' },
};

/** Answers what is no HTTP, and what comes too slowly, with problem details as well; then the connection ends. */
export function answerClientErrors(server: Server): void {
  /** What had been written to a socket when its present request came. */
  const answering = new WeakMap<Socket, number>();
  server.on('request', ({ socket }, response) => {
    answering.set(socket, socket.bytesWritten);
    response.once('close', () => answering.delete(socket));
  });
  server.on('checkExpectation', (_, response) => {
    const { requestId, body } = plainProblem(417, 'there is no such expectation', 'INVALID_ARGUMENT');
    response.writeHead(417, { 'Content-Type': PROBLEM_TYPE, 'X-Request-Id': requestId }).end(body);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket;
    const { status, detail, code } = refusals[error.code ?? ''] ?? { status: 400, detail: 'the request is no HTTP' };
    if (!socket.writable || isBegun(socket)) socket.destroy();
    else socket.end(problem(status, detail, code ?? 'INVALID_ARGUMENT'), () => socket.destroy());
  });

  /** A second answer must not go into the first. */
  function isBegun(socket: Socket): boolean {
    return socket.bytesWritten > (answering.get(socket) ?? socket.bytesWritten);
  }
}

function problem(status: number, detail: string, code: ErrorCode): string {
  const { requestId, body } = plainProblem(status, detail, code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
