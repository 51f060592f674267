import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { SchemaDocument } from '../definitions/language.js';

/** Data that is not what its schema says. */
export class SchemaFault extends Error {
  override name = 'SchemaFault';
}

const compiled = new WeakMap<object, ValidateFunction>();

/** Throws SchemaFault with the first thing that does not fit. Schemas were compiled once when the document was stored. */
export function assertFits({ document }: SchemaDocument, value: unknown, what: string): void {
  if (typeof document !== 'object' || document === null) return;
  let fits = compiled.get(document);
  if (!fits) compiled.set(document, (fits = compileSchema(document)));
  if (fits(value)) return;
  const [fault] = fits.errors ?? [];
  throw new SchemaFault(`the ${what}${fault?.instancePath ?? ''} ${fault?.message ?? 'does not fit its schema'}`);
}

/** Throws for a schema that is none, or that refers to another document. */
export function compileSchema(schema: object): ValidateFunction {
  return new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
}
