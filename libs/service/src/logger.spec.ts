import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from './logger.js';

function logged(write: (logger: JsonLogger) => void, level = 'debug'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(new JsonLogger({ service: 'auth', instance: 'one' }, level, (line) => lines.push(line)));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is one JSON object a line', () => {
    expect(logged((l) => l.log('hello\nworld', 'Feature'))).toEqual([
      {
        time: expect.any(String),
        level: 'info',
        service: 'auth',
        instance: 'one',
        context: 'Feature',
        message: 'hello\nworld',
      },
    ]);
  });

  it('shows what is severe enough', () => {
    const all = (l: JsonLogger) => [l.debug('d'), l.log('i'), l.warn('w'), l.error('e')];
    expect(logged(all, 'warn').map((line) => line.level)).toEqual(['warn', 'error']);
  });

  it.each([
    'scm_key_0123456789abcdef0123456789abcdef_secretsecretsecret_00000000',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'Authorization: Bearer abc.def.ghi',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln',
    'nats://user:hunter2@host:4222',
    '{"password":"hunter2"}',
  ])('does not show the secret in %s', (text) => {
    const [line] = logged((l) => l.error(new Error(text)));
    for (const secret of ['secretsecret', 'MfKQ9', 'abc.def', 'c2ln', 'hunter2']) {
      expect(String(line?.message)).not.toContain(secret);
    }
  });
});
