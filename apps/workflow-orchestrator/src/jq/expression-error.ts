/** An expression that does not parse, or that its data does not allow. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';

  constructor(
    message: string,
    /** What `catch` gets. */
    readonly value: unknown = message,
  ) {
    super(message);
  }
}
