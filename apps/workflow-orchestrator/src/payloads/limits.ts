import { ServiceError } from '@scm/contracts';

/** Of one value, in characters of its JSON. */
const MAX_VALUE = 262_144;

/** Throws PAYLOAD_TOO_LARGE that names the field. */
export function assertSmallEnough(value: unknown, field: string): void {
  if ((JSON.stringify(value) ?? '').length <= MAX_VALUE) return;
  const message = `has more than ${MAX_VALUE} characters`;
  throw new ServiceError('PAYLOAD_TOO_LARGE', `${field}: ${message}`, [{ path: field, message }]);
}
