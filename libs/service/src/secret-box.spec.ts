import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SecretBox } from './secret-box.js';

const box = new SecretBox(randomBytes(32).toString('base64url'));

describe('a sealed secret', () => {
  it('is opened where it stands', () => {
    const sealed = box.seal('whsec_x', 'webhooks/1');
    expect(sealed).not.toContain('whsec');
    expect(box.open(sealed, 'webhooks/1')).toBe('whsec_x');
  });

  it('is not opened elsewhere, changed, or with another key', () => {
    const sealed = box.seal('whsec_x', 'webhooks/1');
    expect(() => box.open(sealed, 'webhooks/2')).toThrow();
    expect(() => box.open(`A${sealed.slice(1)}`, 'webhooks/1')).toThrow();
    expect(() => new SecretBox(randomBytes(32).toString('base64url')).open(sealed, 'webhooks/1')).toThrow();
  });

  it('is not opened by a proof that was cut short', () => {
    const sealed = box.sealBytes('', 'p');
    expect(() => box.openBytes(sealed.subarray(0, 16), 'p')).toThrow();
    expect(box.openBytes(sealed, 'p')).toHaveLength(0);
  });

  it('never looks the same twice, but has one fingerprint', () => {
    const sealed = Array.from({ length: 1_000 }, () => box.seal('x', 'p').slice(0, 16));
    expect(new Set(sealed).size).toBe(1_000);
    expect(box.fingerprint('x')).toEqual(box.fingerprint('x'));
    expect(box.fingerprint('x')).not.toEqual(new SecretBox(randomBytes(32)).fingerprint('x'));
  });

  it('needs a key of 32 bytes', () => {
    expect(() => new SecretBox('short')).toThrow(TypeError);
  });
});
