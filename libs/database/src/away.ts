import { ServiceError } from '@scm/contracts';

/** Connections that cannot be made or break off, and a server that starts or stops. */
const AWAY = /^(08...|57P0[1-5]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const AWAY_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Says of a failure that Postgres is away, which a caller may try again; any other failure is left as it is. */
export function unavailableIfAway(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '' } = error as { code?: string };
  if (!AWAY.test(code) && !AWAY_TEXT.test(error.message)) return error;
  return new ServiceError('UNAVAILABLE', 'the database does not answer', undefined, { cause: error });
}
