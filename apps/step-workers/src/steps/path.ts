/**
 * What stands at a dotted path such as `labels.host` or `0.value`; the empty path is the value itself, and whatever is
 * not there is null.
 */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value ?? null;
  let at = value;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return null;
    at = (at as Record<string, unknown>)[key];
  }
  return at ?? null;
}
