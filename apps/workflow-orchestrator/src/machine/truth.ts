/** What jq takes for true. */
export function isTrue(value: unknown): boolean {
  return value !== null && value !== false && value !== undefined;
}
