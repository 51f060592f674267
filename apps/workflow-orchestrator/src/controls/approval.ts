import { ServiceError, type Actor, type FieldError } from '@scm/contracts';
import type { TaskOptions } from '../definitions/language.js';
import { compileSchema } from '../machine/schema.js';

type Approval = NonNullable<TaskOptions['approval']>;

/** Throws PERMISSION_DENIED for who is none of the assignees: `<kind>:<id>`, `role:<role>`, or the name. */
export function assertIsAssignee({ assignees = [] }: Approval, { kind, id, name, role }: Actor): void {
  const names = [`${kind}:${id}`, `role:${role}`, name];
  if (assignees.length === 0 || assignees.some((assignee) => names.includes(assignee))) return;
  throw new ServiceError('PERMISSION_DENIED', `only ${assignees.join(', ')} may approve this step`);
}

/** Throws INVALID_ARGUMENT that names each field of the form that its schema does not allow. */
export function assertFormFits({ form: schema }: Approval, form: Record<string, unknown> = {}): void {
  if (!schema) return;
  const fits = compileSchema(schema);
  if (fits(form)) return;
  const details = (fits.errors ?? []).map(({ instancePath, message = 'does not fit' }): FieldError => {
    return { path: `form${instancePath.replaceAll('/', '.')}`, message };
  });
  throw new ServiceError('INVALID_ARGUMENT', `${details[0]?.path}: ${details[0]?.message}`, details);
}
