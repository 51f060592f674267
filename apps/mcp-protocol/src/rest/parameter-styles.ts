import { isJsonObject } from '@scm/mcp-messages';
import type { RestParameter } from './rest-operation.js';

type Encode = (text: string) => string;

/** One value in a path or a header, in the styles simple, label and matrix. */
export function inPlace({ name, style, explode, isJson }: RestParameter, value: unknown, encode: Encode): string {
  const text = (each: unknown) => encode(textOf(each));
  if (isJson) return encode(JSON.stringify(value));
  const pairs = isJsonObject(value)
    ? Object.entries(value).map(([key, each]) => [encode(key), text(each)] as const)
    : undefined;
  const items = pairs
    ? explode
      ? pairs.map(([key, each]) => `${key}=${each}`)
      : pairs.flat()
    : (Array.isArray(value) ? value : [value]).map(text);
  if (style === 'label') return `.${items.join(explode ? '.' : ',')}`;
  if (style !== 'matrix') return items.join(',');
  if (!explode) return `;${encode(name)}=${items.join(',')}`;
  return items.map((item) => (pairs ? `;${item}` : `;${encode(name)}=${item}`)).join('');
}

const separators: Readonly<Record<string, string>> = { form: ',', spaceDelimited: '%20', pipeDelimited: '%7C' };

/** What one value adds to a query, in the styles form, spaceDelimited, pipeDelimited and deepObject. */
export function inQuery({ name, style, explode, isJson }: RestParameter, value: unknown, encode: Encode): string[] {
  const pair = (key: string, each: unknown) => `${encode(key)}=${encode(textOf(each))}`;
  if (isJson) return [`${encode(name)}=${encode(JSON.stringify(value))}`];
  const separator = separators[style] ?? ',';
  if (Array.isArray(value)) {
    if (explode) return value.map((each) => pair(name, each));
    return [`${encode(name)}=${value.map((each) => encode(textOf(each))).join(separator)}`];
  }
  if (!isJsonObject(value)) return [pair(name, value)];
  const entries = Object.entries(value);
  if (style === 'deepObject') return entries.map(([key, each]) => pair(`${name}[${key}]`, each));
  if (explode) return entries.map(([key, each]) => pair(key, each));
  return [
    `${encode(name)}=${entries
      .flat()
      .map((each) => encode(textOf(each)))
      .join(separator)}`,
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
