import { Logger } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { runCallUntil } from '@scm/messaging';
import { errorCodes, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import type { Exchange, Provider } from './exchange.js';

const logger = new Logger('mcp');

/** What the provider answers; whatever it fails with is a ProtocolError, a bug without its text. */
export async function answerOf(provider: Provider, exchange: Exchange): Promise<JsonObject> {
  try {
    return await runCallUntil(exchange, () => provider.answer(exchange));
  } catch (error) {
    if (exchange.signal.aborted) throw new ProtocolError(FAILED, 'The request was cancelled');
    throw toProtocolError(error);
  }
}

export function toProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (error instanceof ServiceError) return new ProtocolError(FAILED, error.message, { code: error.code });
  logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return new ProtocolError(errorCodes.internalError, 'internal error');
}

/** Of the codes that JSON-RPC leaves to servers. */
const FAILED = -32_000;
