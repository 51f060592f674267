import { ProtoReader } from '../wire/proto.reader.js';
import type { Attributes } from './otlp.model.js';
import { textOf } from './attribute.text.js';

const MAX_DEPTH = 16;

/** Attributes of a message: each span begins where the length of a KeyValue is, and ends after it. */
export function attributesOf(bytes: Buffer, spans: readonly Span[]): Attributes {
  const pairs = () => {
    const reader = new ProtoReader(bytes);
    return spans.map(([at]) => {
      reader.pos = at;
      return readPair(reader);
    });
  };
  return { key: keyOf(bytes, spans), pairs };
}

export type Span = [from: number, to: number];

/** Passes over a KeyValue that is read later, if at all. */
export function spanOf(reader: ProtoReader): Span {
  const from = reader.pos;
  reader.pos = reader.end();
  return [from, reader.pos];
}

/** The bytes of all; they stand together, as a rule, with a tag between them. */
function keyOf(bytes: Buffer, spans: readonly Span[]): string {
  let key = '';
  let [from, to] = [0, 0];
  for (const span of spans) {
    if (span[0] - to !== 1) {
      key += bytes.toString('latin1', from, to);
      from = span[0];
    }
    to = span[1];
  }
  return key + bytes.toString('latin1', from, to);
}

function readPair(reader: ProtoReader): [string, string] {
  const [name, value] = readKeyValue(reader, 0);
  return [name, textOf(value)];
}

function readKeyValue(reader: ProtoReader, depth: number): [string, unknown] {
  const end = reader.end();
  let [name, value]: [string, unknown] = ['', ''];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) name = reader.text();
    else if (tag === 18) value = readValue(reader, depth);
    else reader.skip(tag);
  }
  reader.leave(end);
  return [name, value];
}

function readValue(reader: ProtoReader, depth: number): unknown {
  const end = reader.end();
  let value: unknown = '';
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) value = reader.text();
    else if (tag === 16) value = reader.varint() !== 0;
    else if (tag === 24) value = reader.int64();
    else if (tag === 33) value = reader.double();
    else if ((tag === 42 || tag === 50) && depth < MAX_DEPTH) value = readNested(reader, tag, depth + 1);
    else if (tag === 58) value = bytesText(reader);
    else reader.skip(tag);
  }
  reader.leave(end);
  return value;
}

function readNested(reader: ProtoReader, kind: number, depth: number): unknown {
  const end = reader.end();
  const items: unknown[] = [];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) items.push(kind === 42 ? readValue(reader, depth) : readKeyValue(reader, depth));
    else reader.skip(tag);
  }
  reader.leave(end);
  return kind === 42 ? items : Object.fromEntries(items as [string, unknown][]);
}

function bytesText(reader: ProtoReader): string {
  const end = reader.end();
  const text = reader.bytes.toString('base64', reader.pos, end);
  reader.pos = end;
  return text;
}
