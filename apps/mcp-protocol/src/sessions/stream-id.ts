import { randomUUID } from 'node:crypto';
import type { RequestId } from '@scm/mcp-messages';

/** A place in one of a session's streams, as clients name it in `Last-Event-ID`. */
export interface StreamPlace {
  stream: string;
  /** The sequence number of the last message that was received; 0 for none. */
  seq: number;
}

const MAX_ID_CHARACTERS = 64;

/** The stream of what a session is told outside of its calls. */
export function newSessionStream(): string {
  return `s-${randomUUID()}`;
}

/** The stream of a call; it names the request, so that whoever goes on with it can say that the call was lost. */
export function newCallStream(requestId: RequestId | undefined): string {
  const id = JSON.stringify(requestId) ?? '';
  const named = id.length <= MAX_ID_CHARACTERS ? Buffer.from(id).toString('hex') : '';
  return `c-${randomUUID()}-${named}`;
}

export function isCallStream(stream: string): boolean {
  return stream.startsWith('c-');
}

/** Undefined when the stream names none: its id is what a client sent. */
export function requestIdOf(stream: string): RequestId | undefined {
  const named = stream.slice('c-00000000-0000-0000-0000-000000000000-'.length);
  try {
    const id = JSON.parse(Buffer.from(named, 'hex').toString()) as unknown;
    return typeof id === 'string' || typeof id === 'number' ? id : undefined;
  } catch {
    return undefined;
  }
}

export function placeText({ stream, seq }: StreamPlace): string {
  return `${stream}_${seq}`;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const PLACE = new RegExp(`^(s-${UUID}|c-${UUID}-[0-9a-f]*|sse)_(\\d{1,15})$`);

/** Undefined for what is no place of ours. */
export function placeOf(text: string | undefined): StreamPlace | undefined {
  const [, stream, seq] = PLACE.exec(text ?? '') ?? [];
  return stream === undefined ? undefined : { stream, seq: Number(seq) };
}
