import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const SHAPE = /^scm_key_([0-9a-f]{32})_([\w-]{43})_([0-9a-f]{8})$/;

/** A new key: `scm_key_<id>_<256 random bits>_<crc32>`; the prefix and the sum let secret scanners find leaked ones. */
export function makeApiKey(id: string): { apiKey: string; secretHash: string } {
  const secret = randomBytes(32).toString('base64url');
  const body = `scm_key_${id.replaceAll('-', '')}_${secret}`;
  return { apiKey: `${body}_${sumOf(body)}`, secretHash: hashOf(secret) };
}

/** The parts of a key, or undefined when the text is none: mistyped keys are refused without asking the database. */
export function parseApiKey(text: string): { id: string; secret: string } | undefined {
  const [, hex, secret, sum] = SHAPE.exec(text) ?? [];
  if (!hex || !secret || sumOf(text.slice(0, text.lastIndexOf('_'))) !== sum) return undefined;
  return { id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), secret };
}

export function isSecret(secret: string, secretHash: string): boolean {
  const [given, stored] = [Buffer.from(hashOf(secret)), Buffer.from(secretHash)];
  return given.length === stored.length && timingSafeEqual(given, stored);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function sumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
