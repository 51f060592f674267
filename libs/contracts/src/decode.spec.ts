import { describe, expect, it } from '@jest/globals';
import {
  AuditBatch,
  decode,
  LoginRequest,
  schemaOf,
  SendNotificationRequest,
  ServiceError,
  StartExecutionRequest,
} from './index.js';

const valid = { username: 'ann', password: 'x' };

function refusal(work: () => unknown): ServiceError {
  try {
    work();
  } catch (error) {
    if (error instanceof ServiceError) return error;
  }
  throw new Error('was not refused');
}

describe('decode', () => {
  it('gives an instance of the contract class', () => {
    expect(decode(LoginRequest, JSON.stringify(valid))).toBeInstanceOf(LoginRequest);
  });

  it.each([
    ['an unknown field', { ...valid, role: 'admin' }, 'role'],
    ['a missing field', { username: 'ann' }, 'password'],
    ['a wrong type', { ...valid, username: 1 }, 'username'],
    ['a text that is too long', { ...valid, username: 'x'.repeat(129) }, 'username'],
    ['a name with other characters', { ...valid, workspace: 'a b' }, 'workspace'],
  ])('names the field of %s', (_, payload, path) => {
    const error = refusal(() => decode(LoginRequest, JSON.stringify(payload)));
    expect([error.code, error.details?.[0]?.path]).toEqual(['INVALID_ARGUMENT', path]);
  });

  it('names fields inside lists', () => {
    const error = refusal(() => decode(AuditBatch, '{"entries":[{"id":"x"}]}'));
    expect(error.details?.[0]?.path).toBe('entries.0.id');
    expect(refusal(() => decode(AuditBatch, '{"entries":[1]}')).details?.[0]?.path).toBe('entries.0');
  });

  it.each([
    ['{', 'not JSON'],
    ['null', 'must be an object'],
    ['[]', 'must be an object'],
    ['"text"', 'must be an object'],
    [`{"input":${'['.repeat(100_000)}`, 'nests deeper'],
    ['{"workflow":"w","input":{"a":"\\u0000"}}', 'not text'],
    ['{"workflow":"w","input":{"\\ud800":1}}', 'not text'],
  ])('refuses %.40s', (json, message) => {
    expect(refusal(() => decode(StartExecutionRequest, json)).message).toContain(message);
  });

  it('takes keys of Object.prototype as what they are: unknown fields, or data', () => {
    expect(refusal(() => decode(LoginRequest, '{"username":"a","password":"b","__proto__":{"x":1}}')).code).toBe(
      'INVALID_ARGUMENT',
    );
    const { input } = decode(
      StartExecutionRequest,
      '{"workflow":"w","input":{"__proto__":{"polluted":1},"constructor":2}}',
    );
    expect(Object.keys(input ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('keeps text of every script', () => {
    const title = '🦊 ￼ ﷽ \u202e Ω≈ç√ 田中さん';
    expect(decode(SendNotificationRequest, JSON.stringify({ key: 'k', title })).title).toBe(title);
  });

  it('has a schema that says the same', () => {
    expect(schemaOf(LoginRequest)).toEqual({
      type: 'object',
      properties: {
        username: { type: 'string', minLength: 1, maxLength: 128 },
        password: { type: 'string', minLength: 1, maxLength: 1_024 },
        workspace: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
      },
      required: ['username', 'password'],
      additionalProperties: false,
    });
  });
});
