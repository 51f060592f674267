import { isJsonObject, type JsonObject } from './json.js';
import { leaf, type Leaf } from './model.js';

export const text = leaf('a text', (value): value is string => typeof value === 'string');

export const flag = leaf('true or false', (value): value is boolean => typeof value === 'boolean');

export const number = leaf('a number', (value): value is number => Number.isFinite(value));

export const integer = leaf('an integer', (value): value is number => Number.isInteger(value));

/** From 0 to 1. */
export const share = leaf(
  'a number from 0 to 1',
  (value): value is number => typeof value === 'number' && value >= 0 && value <= 1,
);

export const count = leaf(
  'an integer of at least 0',
  (value): value is number => Number.isInteger(value) && (value as number) >= 0,
);

export const jsonObject = leaf('an object', (value): value is JsonObject => isJsonObject(value));

export const anything = leaf('a value', (value): value is unknown => value !== undefined);

/** Texts or integers; those that a number cannot hold exactly could not be sent back as they came. */
export const token = leaf(
  'a text or an integer',
  (value): value is string | number => typeof value === 'string' || Number.isSafeInteger(value),
);

export function words<const Word extends string>(...allowed: Word[]): Leaf<Word> {
  return leaf(`one of ${allowed.join(', ')}`, (value): value is Word => allowed.some((word) => word === value));
}

/** The one value by which a form is told from others. */
export function tag<const Value extends string | number>(only: Value): Leaf<Value> {
  return { ...leaf(JSON.stringify(only), (value): value is Value => value === only), isTag: true };
}
