import { Injectable } from '@nestjs/common';
import { errorCodes, ProtocolError, type JsonObject, type JsonRpcRequest, type LogLevel } from '@scm/mcp-messages';
import type { Session } from './session.js';
import { SessionsService } from './sessions.service.js';

/** The methods of older revisions that are about the session and have no canonical form. */
@Injectable()
export class SessionMethods {
  constructor(private readonly sessions: SessionsService) {}

  /** Undefined for every other method. The request is valid: what the method does not name may hold anything. */
  async answer({ method, params = {} }: JsonRpcRequest, session: Session | undefined): Promise<JsonObject | undefined> {
    switch (method) {
      case 'ping':
        return {};
      case 'initialize':
        throw new ProtocolError(errorCodes.invalidRequest, 'The session is initialized already');
      case 'logging/setLevel':
        return done(this.sessions.change(needed(session), { logLevel: params['level'] as LogLevel }));
      case 'resources/subscribe':
        return done(this.sessions.subscribe(needed(session), params['uri'] as string));
      case 'resources/unsubscribe':
        return done(this.sessions.unsubscribe(needed(session), params['uri'] as string));
      default:
        return undefined;
    }
  }
}

async function done(work: Promise<void>): Promise<JsonObject> {
  await work;
  return {};
}

function needed(session: Session | undefined): Session {
  if (!session) throw new ProtocolError(errorCodes.invalidRequest, 'This needs a session: initialize first');
  return session;
}
