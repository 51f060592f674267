import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsISO8601,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import 'reflect-metadata';

export type ClassConstructor<T extends object = object> = new () => T;

/** One JSON Schema (2020-12) fragment. */
export type JsonSchema = Record<string, unknown>;

/** What a declared field is: its schema, whether it must be there, and the class of nested values. */
export interface Field {
  readonly name: string;
  readonly schema: () => JsonSchema;
  readonly required: boolean;
  readonly nested?: () => ClassConstructor;
}

interface FieldOptions {
  optional?: boolean;
  description?: string;
}

const FIELDS = Symbol('scm.fields');

/** The declared fields of a payload class, in order. */
export function fieldsOf(type: ClassConstructor): readonly Field[] {
  return (Reflect.getMetadata(FIELDS, type.prototype as object) as Field[] | undefined) ?? [];
}

/** Text of `min` (default 1) to `max` characters. */
export function Text(options: FieldOptions & { min?: number; max: number; pattern?: RegExp }): PropertyDecorator {
  const { min = 1, max, pattern } = options;
  const schema = { type: 'string', minLength: min, maxLength: max, ...(pattern && { pattern: pattern.source }) };
  return field(schema, options, IsString(), MinLength(min), MaxLength(max), ...(pattern ? [Matches(pattern)] : []));
}

const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A name people choose for a thing: 1 to 63 letters, digits, `.`, `_` or `-`, beginning with a letter or digit. */
export function Name(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', pattern: NAME_PATTERN.source }, options, IsString(), Matches(NAME_PATTERN));
}

export function Id(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'uuid' }, options, IsUUID());
}

/** The address of one mailbox, such as `ops@example.com`: no display name, no list. */
export function EmailAddress(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'email', maxLength: 254 }, options, IsEmail());
}

/** An RFC 3339 time such as `2026-11-22T10:00:00Z`. */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'date-time' }, options, IsISO8601({ strict: true, strictSeparator: true }));
}

export function Whole(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return field({ type: 'integer', minimum: min, maximum: max }, options, IsInt(), Min(min), Max(max));
}

export function Amount(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min, max } = options;
  const bounds = [...(min === undefined ? [] : [Min(min)]), ...(max === undefined ? [] : [Max(max)])];
  return field({ type: 'number', minimum: min, maximum: max }, options, IsNumber(), ...bounds);
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'boolean' }, options, IsBoolean());
}

export function OneOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', enum: [...values] }, options, IsIn([...values]));
}

/** Any JSON object; its inside is checked by whoever understands it. */
export function JsonObject(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'object' }, options, IsObject());
}

/** Any JSON value. */
export function JsonValue(options: FieldOptions = {}): PropertyDecorator {
  return field({}, options, ...(options.optional ? [] : [present()]));
}

/** An object of texts, such as labels: values have at most `maxValue` characters. */
export function TextMap(options: FieldOptions & { maxValue?: number; maxEntries?: number } = {}): PropertyDecorator {
  const { maxValue = 4_096, maxEntries = 64 } = options;
  const isTextMap = ValidateBy({
    name: 'isTextMap',
    validator: {
      validate: (value: unknown) => isObjectOfTexts(value, maxValue, maxEntries),
      defaultMessage: () =>
        `$property must be an object of at most ${maxEntries} texts of at most ${maxValue} characters`,
    },
  });
  const schema = {
    type: 'object',
    additionalProperties: { type: 'string', maxLength: maxValue },
    maxProperties: maxEntries,
  };
  return field(schema, options, isTextMap);
}

export function Texts(
  options: FieldOptions & { max: number; maxLength?: number; of?: readonly string[] },
): PropertyDecorator {
  const { max, maxLength = 256, of } = options;
  const items = of ? { type: 'string', enum: [...of] } : { type: 'string', maxLength };
  const each = of ? [IsIn([...of], { each: true })] : [IsString({ each: true }), MaxLength(maxLength, { each: true })];
  return field({ type: 'array', items, maxItems: max }, options, IsArray(), ArrayMaxSize(max), ...each);
}

/** A list whose items are checked by whoever understands them: the way of hot paths. */
export function JsonList(options: FieldOptions & { max: number; items?: JsonSchema }): PropertyDecorator {
  const schema = { type: 'array', items: options.items ?? {}, maxItems: options.max };
  return field(schema, options, IsArray(), ArrayMaxSize(options.max));
}

export function Nested(type: () => ClassConstructor, options: FieldOptions = {}): PropertyDecorator {
  return nestedField(() => schemaOf(type()), type, options, IsObject(), ValidateNested());
}

export function ListOf(type: () => ClassConstructor, options: FieldOptions & { max?: number } = {}): PropertyDecorator {
  const { max = 10_000 } = options;
  const schema = (): JsonSchema => ({ type: 'array', items: schemaOf(type()), maxItems: max });
  return nestedField(schema, type, options, IsArray(), ArrayMaxSize(max), ValidateNested({ each: true }));
}

/** The JSON Schema of a payload class: what OpenAPI, MCP tools and the generated references show. */
export function schemaOf(type: ClassConstructor): JsonSchema {
  const fields = fieldsOf(type);
  const required = fields.filter((f) => f.required).map((f) => f.name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((f) => [f.name, f.schema()])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function field(schema: JsonSchema, options: FieldOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  return declare({ schema: () => ({ ...schema, ...describe(options) }) }, options, rules);
}

function nestedField(
  schema: () => JsonSchema,
  nested: () => ClassConstructor,
  options: FieldOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  return declare({ schema: () => ({ ...schema(), ...describe(options) }), nested }, options, rules);
}

function declare(
  declared: Pick<Field, 'schema' | 'nested'>,
  options: FieldOptions,
  rules: PropertyDecorator[],
): PropertyDecorator {
  return (target, key) => {
    const known = (Reflect.getOwnMetadata(FIELDS, target) ?? Reflect.getMetadata(FIELDS, target) ?? []) as Field[];
    const entry: Field = { name: String(key), required: !options.optional, ...declared };
    Reflect.defineMetadata(FIELDS, [...known, entry], target);
    for (const rule of options.optional ? [unlessAbsent, ...rules] : rules) rule(target, key);
  };
}

/** Absent is not there: `null` is a value, and of no declared type. */
const unlessAbsent = ValidateIf((_, value: unknown) => value !== undefined);

function describe({ description }: FieldOptions): JsonSchema {
  return description ? { description } : {};
}

function present(): PropertyDecorator {
  const validator = { validate: (value: unknown) => value !== undefined, defaultMessage: () => '$property is missing' };
  return ValidateBy({ name: 'isPresent', validator });
}

function isObjectOfTexts(value: unknown, maxValue: number, maxEntries: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxEntries && entries.every(([, text]) => typeof text === 'string' && text.length <= maxValue)
  );
}
