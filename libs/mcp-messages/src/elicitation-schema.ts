import { flag, integer, number, tag, text, words } from './leaves.js';
import type { ModelOf } from './model-of.js';
import { dictionary, list, object, optional, since, union } from './model.js';

const labels = { title: optional(text), description: optional(text) } as const;

const defaultText = { default: since('2025-11-25', optional(text)) } as const;

export const stringSchema = object({
  type: tag('string'),
  ...labels,
  minLength: optional(integer),
  maxLength: optional(integer),
  format: optional(words('email', 'uri', 'date', 'date-time')),
  ...defaultText,
});

export const numberSchema = object({
  type: { ...words('number', 'integer'), isTag: true },
  ...labels,
  minimum: optional(number),
  maximum: optional(number),
  default: since('2025-11-25', optional(number)),
});

export const booleanSchema = object({ type: tag('boolean'), ...labels, default: optional(flag) });

/** Its titles stand beside the values; later ones stand with them. */
export const legacyTitledEnumSchema = object({
  type: tag('string'),
  ...labels,
  enum: list(text),
  enumNames: optional(list(text)),
  ...defaultText,
});

export const untitledSingleSelectSchema = object({
  type: tag('string'),
  ...labels,
  enum: list(text),
  default: optional(text),
});

const choice = object({ const: text, title: text });

export const titledSingleSelectSchema = object({
  type: tag('string'),
  ...labels,
  oneOf: list(choice),
  default: optional(text),
});

const multiSelect = {
  type: tag('array'),
  ...labels,
  minItems: optional(integer),
  maxItems: optional(integer),
  default: optional(list(text)),
} as const;

export const untitledMultiSelectSchema = object({
  ...multiSelect,
  items: object({ type: tag('string'), enum: list(text) }),
});

export const titledMultiSelectSchema = object({ ...multiSelect, items: object({ anyOf: list(choice) }) });

export const singleSelectSchema = union(untitledSingleSelectSchema, titledSingleSelectSchema);

export const multiSelectSchema = union(untitledMultiSelectSchema, titledMultiSelectSchema);

export const enumSchema = union(
  legacyTitledEnumSchema,
  since('2025-11-25', singleSelectSchema),
  since('2025-11-25', multiSelectSchema),
);

/** One field of a form. */
export const primitiveSchema = union(stringSchema, numberSchema, booleanSchema, enumSchema);

/** A form: its fields are flat, so that any client can show it. */
export const formSchema = object({
  $schema: since('2025-11-25', optional(text)),
  type: tag('object'),
  properties: dictionary(primitiveSchema),
  required: optional(list(text)),
});

export type PrimitiveSchema = ModelOf<typeof primitiveSchema>;
export type FormSchema = ModelOf<typeof formSchema>;
