import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { SecretBox } from '@scm/service';

/** Shorter text is not worth the time. */
const COMPRESSED_FROM = 4_096;
const JSON_TEXT = 1;
const ZSTD = 2;

/** Text sealed for one place, compressed when that pays; its first byte says how. */
export function sealedBytes(box: SecretBox, text: string, place: string): Buffer {
  const small = text.length >= COMPRESSED_FROM ? zstdCompressSync(text) : undefined;
  const pays = small !== undefined && small.length < text.length * 0.9;
  return Buffer.concat([Buffer.of(pays ? ZSTD : JSON_TEXT), box.sealBytes(pays ? small : text, place)]);
}

/** Throws when it was not sealed with this key for this place. */
export function openedBytes(box: SecretBox, sealed: Buffer, place: string): string {
  const [form] = sealed;
  if (form !== JSON_TEXT && form !== ZSTD) throw new TypeError(`${place} is sealed in the unknown form ${form}`);
  const opened = box.openBytes(sealed.subarray(1), place);
  return (form === ZSTD ? zstdDecompressSync(opened) : opened).toString('utf8');
}

/** JSON text as it stands in a JSON column: a text, where rows from before there were seals have an object. */
export function envelopeOf(box: SecretBox, json: string, place: string): string {
  return sealedBytes(box, json, place).toString('base64');
}

/** The value; what is not sealed is given as it is. */
export function contentOf<T>(box: SecretBox, stored: T | string, place: string): T {
  if (typeof stored !== 'string') return stored;
  return JSON.parse(openedBytes(box, Buffer.from(stored, 'base64'), place)) as T;
}
