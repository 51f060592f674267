import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/client';
import { ServiceError } from '@scm/contracts';

const MAX_TEXT = 400;

/** Nobody authorized the upstream yet, or it wants more than it was given. */
export class AuthorizationWanted extends ServiceError {
  constructor(upstreamId: string) {
    const route = `POST /api/v1/upstreams/${upstreamId}/authorization`;
    super('FAILED_PRECONDITION', `the upstream wants to be authorized first: ${route} says where`);
  }
}

/** The same for every state that ends nothing, so that none can be told from another. */
export function noRequest(): ServiceError {
  const message = 'no authorization waits for this state: it was ended already, or its time is over';
  return new ServiceError('NOT_FOUND', message);
}

/** What an authorization server said, or what the official client thinks of it, in the terms of this product. */
export function authorizationFault(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  // Its text holds the body of an answer that nobody understood.
  const isOpaque = error instanceof OAuthError && error.code === OAuthErrorCode.ServerError;
  const text = isOpaque ? 'it answers with what is no error of OAuth' : messageOf(error);
  return new ServiceError('FAILED_PRECONDITION', `authorization server: ${text.slice(0, MAX_TEXT)}`, undefined, {
    cause: error,
  });
}

function messageOf(error: unknown): string {
  if (error instanceof OAuthError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
