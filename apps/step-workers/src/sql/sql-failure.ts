import { ServiceError } from '@scm/contracts';

/** The server is full, stops, or two transactions met: it may go well another time. */
const AGAIN = /^(08|40|53|55P03|57P)/;
/** The statement is wrong, or what it wants to write is. */
const WRONG = /^(0A|21|22|23|25|26|28|2F|3D|3F|42|44)/;
const TIMED_OUT = '57014';

/** Throws the ServiceError that a failure of the database is. */
export function sqlFailure(error: unknown): never {
  if (error instanceof ServiceError || !(error instanceof Error)) throw error;
  const { code = '' } = error as { code?: string };
  const options = { cause: error };
  if (code === TIMED_OUT)
    throw new ServiceError('DEADLINE_EXCEEDED', 'the statement took too long', undefined, options);
  if (WRONG.test(code))
    throw new ServiceError('INVALID_ARGUMENT', `SQLSTATE ${code}: ${error.message}`, undefined, options);
  if (AGAIN.test(code) || !/^[0-9A-Z]{5}$/.test(code)) {
    throw new ServiceError('UNAVAILABLE', 'the database does not answer', undefined, options);
  }
  throw new ServiceError('FAILED_PRECONDITION', `SQLSTATE ${code}: ${error.message}`, undefined, options);
}
