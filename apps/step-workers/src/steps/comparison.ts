export const operators = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'contains', 'startsWith', 'exists'] as const;
export type Operator = (typeof operators)[number];

/**
 * Compares without surprises: `gt`, `gte`, `lt` and `lte` hold between two numbers or two texts and never otherwise, `eq`
 * compares whole JSON values, and `exists` asks whether a value is not null.
 */
export function holds(value: unknown, op: Operator, than: unknown): boolean {
  switch (op) {
    case 'eq':
      return isSame(value, than);
    case 'ne':
      return !isSame(value, than);
    case 'gt':
      return order(value, than) > 0;
    case 'gte':
      return order(value, than) >= 0;
    case 'lt':
      return order(value, than) < 0;
    case 'lte':
      return order(value, than) <= 0;
    case 'in':
      return Array.isArray(than) && than.some((item) => isSame(value, item));
    case 'contains':
      if (typeof value === 'string') return typeof than === 'string' && value.includes(than);
      return Array.isArray(value) && value.some((item) => isSame(item, than));
    case 'startsWith':
      return typeof value === 'string' && typeof than === 'string' && value.startsWith(than);
    case 'exists':
      return (value !== null && value !== undefined) === (than ?? true);
  }
}

/** Below, at or above 0 as `value` is to `than`; NaN, which compares to nothing, for values without an order. */
function order(value: unknown, than: unknown): number {
  if (typeof value === 'number' && typeof than === 'number') return value - than;
  if (typeof value === 'string' && typeof than === 'string') return value < than ? -1 : Number(value > than);
  return Number.NaN;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
