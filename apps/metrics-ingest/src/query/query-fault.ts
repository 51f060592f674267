import { invalidField, ServiceError } from '@scm/contracts';
import { PromqlError, PromqlLimitError } from '@scm/promql';

/** Runs what reads a query's text, and turns its faults into INVALID_ARGUMENT that names the field. */
export function readField<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PromqlError) throw invalidField(field, error.message);
    throw error;
  }
}

/** Runs what evaluates a query: FAILED_PRECONDITION where the data do not allow it, or DEADLINE_EXCEEDED. */
export function evaluated<T>(evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    const isLate = error instanceof PromqlLimitError && error.limit === 'time';
    throw new ServiceError(isLate ? 'DEADLINE_EXCEEDED' : 'FAILED_PRECONDITION', error.message);
  }
}
