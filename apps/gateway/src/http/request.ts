import type { Request } from 'express';
import type { Actor } from '@scm/contracts';

/** What the gateway knows of an HTTP request besides what Express does. */
export interface GatewayRequest extends Request {
  requestId: string;
  /** Proved by the access guard; absent on public routes called without credentials. */
  actor?: Actor;
}
