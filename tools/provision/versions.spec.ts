import { describe, expect, it } from '@jest/globals';
import { atLeast, versionIn } from './versions.mjs';

describe('versions', () => {
  it.each([
    ['nats-server: v2.10.27', '2.10.27'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64', '7.0.15'],
    ['postgres (PostgreSQL) 18.4', '18.4'],
    ['no version here', undefined],
  ])('reads %j as %s', (text, version) => expect(versionIn(text)).toBe(version));

  it.each([
    ['2.10.27', '2.10.0', true],
    ['2.9.10', '2.10.0', false],
    ['2.10.0', '2.10.0', true],
    ['18.4', '14.0', true],
    ['3', '2.10.0', true],
    ['2.10', '2.10.1', false],
  ])('says whether %s is at least %s: %s', (version, least, answer) => expect(atLeast(version, least)).toBe(answer));
});
