import { ExpressionError } from '../definitions/expression.js';
import { executionError, type ExecutionError } from './error.js';
import { SchemaFault } from './schema.js';

/** What the data or the document is to blame for; anything else is a bug. */
export function faultOf(error: unknown, ref: string): ExecutionError {
  if (error instanceof ExpressionError) return executionError('expression', ref, error.message);
  if (error instanceof SchemaFault) return executionError('validation', ref, error.message);
  throw error;
}
