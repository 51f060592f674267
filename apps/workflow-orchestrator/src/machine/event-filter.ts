import { ExpressionError } from '../definitions/expression.js';
import type { CloudEvent } from './cloud-event.js';

/**
 * Does an event have what a filter's `with` asks for: each attribute equal, of objects at least what is asked. An
 * expression sees the event, or for `data` its data, and says yes by true or by the value the attribute has.
 */
export function fits(
  wanted: Readonly<Record<string, unknown>>,
  event: CloudEvent,
  evaluate: (expression: string, data: unknown) => unknown,
): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    if (typeof value !== 'string' || !/^\s*\$\{/.test(value)) return includes(event[name], value);
    try {
      const found = evaluate(value, name === 'data' ? event.data : event);
      return typeof found === 'boolean' ? found : isSame(found, event[name]);
    } catch (error) {
      // An expression that does not fit the event does not match it.
      if (error instanceof ExpressionError) return false;
      throw error;
    }
  });
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Whether `given` has all that `wanted` has. */
function includes(given: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return isSame(given, wanted);
  return (
    typeof given === 'object' &&
    given !== null &&
    Object.entries(wanted).every(([key, value]) => includes((given as Record<string, unknown>)[key], value))
  );
}
