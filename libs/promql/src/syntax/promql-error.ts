/** Why a query cannot be answered: its text is wrong, or the data do not allow what it asks. */
export class PromqlError extends Error {
  override name = 'PromqlError';
}

/** The query needs more samples or time than it may take. */
export class PromqlLimitError extends PromqlError {
  override name = 'PromqlLimitError';

  constructor(
    readonly limit: 'samples' | 'time',
    message: string,
  ) {
    super(message);
  }
}

export function parseError(source: string, at: number, message: string): PromqlError {
  return new PromqlError(`${positionText(source, at)}: parse error: ${message}`);
}

/** Line and column as Prometheus counts them, both from 1. */
export function positionText(source: string, at: number): string {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  return `${line}:${at - before.lastIndexOf('\n')}`;
}
