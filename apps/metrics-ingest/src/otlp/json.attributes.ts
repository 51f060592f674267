import { textOf } from './attribute.text.js';
import { itemsOf, objectOf, textField, type JsonObject } from './json.fields.js';
import type { Attributes } from './otlp.model.js';

/** The attributes of a resource, a point or an exemplar. */
export function attributesOfJson(parent: JsonObject, path: string, field = 'attributes'): Attributes {
  const pairs = itemsOf(parent, field, path).map(([item, at]): [string, string] => {
    return [textField(item, 'key', at), textOf(valueOf(item.value, `${at}.value`))];
  });
  return { key: JSON.stringify(pairs), pairs: () => pairs };
}

function valueOf(value: unknown, path: string): unknown {
  if (value === undefined || value === null) return '';
  const given = objectOf(value, path);
  if (given.arrayValue !== undefined) {
    return itemsOf(objectOf(given.arrayValue, path), 'values', path).map(([item, at]) => valueOf(item, at));
  }
  if (given.kvlistValue !== undefined) {
    const items = itemsOf(objectOf(given.kvlistValue, path), 'values', path);
    return Object.fromEntries(items.map(([item, at]) => [textField(item, 'key', at), valueOf(item.value, at)]));
  }
  const number = given.intValue ?? given.doubleValue;
  return given.stringValue ?? given.boolValue ?? given.bytesValue ?? (number === undefined ? '' : Number(number));
}
