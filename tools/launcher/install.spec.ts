import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { installIsStale } from './install.mjs';

let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'scm-install-'));
  mkdirSync(join(clone, 'node_modules'));
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

const write = (file: string, packages: Record<string, object>): void =>
  writeFileSync(join(clone, file), JSON.stringify({ packages }));

const wanted = {
  '': {},
  'apps/auth': { version: '0.1.0' },
  'node_modules/@scm/auth': { resolved: 'apps/auth', link: true },
  'node_modules/nest': { version: '12.0.0' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
};
const installed = { 'node_modules/@scm/auth': { link: true }, 'node_modules/nest': { version: '12.0.0' } };

describe('installIsStale', () => {
  it('is content with what the lock asks for, less what is for another platform', () => {
    write('package-lock.json', wanted);
    write('node_modules/.package-lock.json', installed);
    expect(installIsStale(clone)).toBe(false);
  });

  it.each([
    ['another version', { ...installed, 'node_modules/nest': { version: '11.0.0' } }],
    ['a missing package', { 'node_modules/@scm/auth': { link: true } }],
    ['a missing workspace', { 'node_modules/nest': { version: '12.0.0' } }],
  ])('sees %s', (_, present) => {
    write('package-lock.json', wanted);
    write('node_modules/.package-lock.json', present);
    expect(installIsStale(clone)).toBe(true);
  });

  it('sees that nothing is installed, and that the clone has no lock', () => {
    expect(() => installIsStale(clone)).toThrow('package-lock.json is missing');
    write('package-lock.json', wanted);
    expect(installIsStale(clone)).toBe(true);
  });
});
