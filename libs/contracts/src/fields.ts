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

/** Whether a value is surely valid. The rules of the field decide, and say why, where the answer is no. */
type Accepts = (value: unknown) => boolean;

/** What a declared field is: its schema, whether it must be there, and the class of nested values. */
export interface Field {
  readonly name: string;
  readonly schema: () => JsonSchema;
  readonly accepts: Accepts;
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
  const rules = [IsString(), MinLength(min), MaxLength(max), ...(pattern ? [Matches(pattern)] : [])];
  return field(schema, options, (value) => isText(value, min, max) && (pattern?.test(value) ?? true), ...rules);
}

const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A name people choose for a thing: 1 to 63 letters, digits, `.`, `_` or `-`, beginning with a letter or digit. */
export function Name(options: FieldOptions = {}): PropertyDecorator {
  const schema = { type: 'string', pattern: NAME_PATTERN.source };
  return field(schema, options, (value) => isMatch(value, NAME_PATTERN), IsString(), Matches(NAME_PATTERN));
}

const PLAIN_UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

export function Id(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'uuid' }, options, (value) => isMatch(value, PLAIN_UUID), IsUUID());
}

/** The address of one mailbox, such as `ops@example.com`: no display name, no list. */
export function EmailAddress(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'email', maxLength: 254 }, options, never, IsEmail());
}

/** An RFC 3339 time such as `2026-11-22T10:00:00Z`. */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  const rule = IsISO8601({ strict: true, strictSeparator: true });
  return field({ type: 'string', format: 'date-time' }, options, isPlainInstant, rule);
}

export function Whole(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const accepts = (value: unknown) => Number.isInteger(value) && isWithin(value as number, min, max);
  return field({ type: 'integer', minimum: min, maximum: max }, options, accepts, IsInt(), Min(min), Max(max));
}

export function Amount(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min, max } = options;
  const bounds = [...(min === undefined ? [] : [Min(min)]), ...(max === undefined ? [] : [Max(max)])];
  const accepts = (value: unknown) => Number.isFinite(value) && isWithin(value as number, min, max);
  return field({ type: 'number', minimum: min, maximum: max }, options, accepts, IsNumber(), ...bounds);
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'boolean' }, options, (value) => typeof value === 'boolean', IsBoolean());
}

export function OneOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  const accepts = (value: unknown) => values.includes(value as string);
  return field({ type: 'string', enum: [...values] }, options, accepts, IsIn([...values]));
}

/** Any JSON object; its inside is checked by whoever understands it. */
export function JsonObject(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'object' }, options, isObject, IsObject());
}

/** Any JSON value. */
export function JsonValue(options: FieldOptions = {}): PropertyDecorator {
  return field({}, options, (value) => value !== undefined, ...(options.optional ? [] : [present()]));
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
  return field(schema, options, (value) => isObjectOfTexts(value, maxValue, maxEntries), isTextMap);
}

export function Texts(
  options: FieldOptions & { max: number; maxLength?: number; of?: readonly string[] },
): PropertyDecorator {
  const { max, maxLength = 256, of } = options;
  const items = of ? { type: 'string', enum: [...of] } : { type: 'string', maxLength };
  const each = of ? [IsIn([...of], { each: true })] : [IsString({ each: true }), MaxLength(maxLength, { each: true })];
  const isItem = (item: unknown) => (of ? of.includes(item as string) : isText(item, 0, maxLength));
  const accepts = (value: unknown) => isList(value, max) && value.every(isItem);
  return field({ type: 'array', items, maxItems: max }, options, accepts, IsArray(), ArrayMaxSize(max), ...each);
}

/** The body of a request of bytes, of at most `max` bytes. */
export function Bytes(options: FieldOptions & { max: number }): PropertyDecorator {
  const accepts = (value: unknown) => value instanceof Uint8Array && value.length <= options.max;
  const rule = { validate: accepts, defaultMessage: () => `$property must be at most ${options.max} bytes` };
  const schema = { type: 'string', contentMediaType: 'application/octet-stream' };
  return field(schema, options, accepts, ValidateBy({ name: 'isBytes', validator: rule }));
}

/** A list whose items are checked by whoever understands them: the way of hot paths. */
export function JsonList(options: FieldOptions & { max: number; items?: JsonSchema }): PropertyDecorator {
  const schema = { type: 'array', items: options.items ?? {}, maxItems: options.max };
  return field(schema, options, (value) => isList(value, options.max), IsArray(), ArrayMaxSize(options.max));
}

export function Nested(type: () => ClassConstructor, options: FieldOptions = {}): PropertyDecorator {
  const accepts = (value: unknown) => isObject(value) && isSurelyValid(type(), value);
  return nestedField(() => schemaOf(type()), type, options, accepts, IsObject(), ValidateNested());
}

export function ListOf(type: () => ClassConstructor, options: FieldOptions & { max?: number } = {}): PropertyDecorator {
  const { max = 10_000 } = options;
  const schema = (): JsonSchema => ({ type: 'array', items: schemaOf(type()), maxItems: max });
  const accepts = (value: unknown) =>
    isList(value, max) && value.every((item) => isObject(item) && isSurelyValid(type(), item));
  return nestedField(schema, type, options, accepts, IsArray(), ArrayMaxSize(max), ValidateNested({ each: true }));
}

/** Whether every field of an instance is surely valid: then its rules, which take a hundred times as long, need not run. */
export function isSurelyValid(type: ClassConstructor, value: object): boolean {
  return fieldsOf(type).every(({ name, required, accepts }) => {
    const field = (value as Record<string, unknown>)[name];
    return field === undefined ? !required : accepts(field);
  });
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

function field(
  schema: JsonSchema,
  options: FieldOptions,
  accepts: Accepts,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  return declare({ schema: () => ({ ...schema, ...describe(options) }), accepts }, options, rules);
}

function nestedField(
  schema: () => JsonSchema,
  nested: () => ClassConstructor,
  options: FieldOptions,
  accepts: Accepts,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  return declare({ schema: () => ({ ...schema(), ...describe(options) }), nested, accepts }, options, rules);
}

function declare(
  declared: Pick<Field, 'schema' | 'nested' | 'accepts'>,
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

const never: Accepts = () => false;

/** As services write it, with milliseconds in UTC. Others, and days that there are not, are left to the rules. */
function isPlainInstant(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== 24) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

/** A character outside the basic plane is two units long: whether a short text has enough is left to the rules. */
function isText(value: unknown, min: number, max: number): value is string {
  return typeof value === 'string' && value.length <= max && (min <= 1 ? value.length >= min : value.length >= 2 * min);
}

function isMatch(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isWithin(value: number, min = -Infinity, max = Infinity): boolean {
  return value >= min && value <= max;
}

function isList(value: unknown, max: number): value is unknown[] {
  return Array.isArray(value) && value.length <= max;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectOfTexts(value: unknown, maxValue: number, maxEntries: number): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxEntries && entries.every(([, text]) => typeof text === 'string' && text.length <= maxValue)
  );
}
