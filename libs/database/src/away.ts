import { ServiceError } from '@scm/contracts';

/** Connections that cannot be made or break off, a server that starts or stops, and statements it was too slow for. */
const AWAY = /^(08...|28...|57P0[1-5]|57014|25P03|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const AWAY_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** What TypeORM says to the next statement of a transaction whose connection broke off. */
const RELEASED = /^QueryRunner(Provider)?AlreadyReleasedError$/;

/** Says of a failure that Postgres is away, which a caller may try again; any other failure is left as it is. */
export function unavailableIfAway(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '' } = error as { code?: string };
  if (!AWAY.test(code) && !AWAY_TEXT.test(error.message) && !RELEASED.test(error.name)) return error;
  return new ServiceError('UNAVAILABLE', 'the database does not answer', undefined, { cause: error });
}
