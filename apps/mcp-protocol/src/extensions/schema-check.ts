import { invalidField } from '@scm/contracts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** Why a value is not as its schema says: a JSON pointer and words; undefined where it is. */
export type SchemaCheck = (value: unknown) => string | undefined;

/** Throws INVALID_ARGUMENT with `field` for what is no JSON Schema of 2020-12. */
export function schemaCheck(schema: object, field: string): SchemaCheck {
  const isValid = compiled(schema, field);
  return (value) => {
    if (isValid(value)) return undefined;
    const [error] = isValid.errors ?? [];
    return `${error?.instancePath || '/'} ${error?.message ?? 'is not valid'}`;
  };
}

function compiled(schema: object, field: string): ValidateFunction {
  try {
    return new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  } catch (error) {
    throw invalidField(field, `is no JSON Schema: ${(error as Error).message}`);
  }
}
