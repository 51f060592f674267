import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.mjs';

describe('options of npm start', () => {
  it('has defaults', () => {
    expect(readOptions([], {})).toMatchObject({ workers: 1, port: 8080, host: '127.0.0.1', once: false, fresh: false });
  });

  it('takes numbers and flags', () => {
    const options = readOptions(['--workers', '3', '--once', '--run-file', '/tmp/x.json'], { SCM_PORT: '9090' });
    expect(options).toMatchObject({ workers: 3, once: true, runFile: '/tmp/x.json', port: 9090 });
  });

  it.each([
    [['--workers', '0'], {}, '--workers must be a whole number from 1 to 64, not "0"'],
    [['--workers', 'two'], {}, '--workers must be a whole number from 1 to 64, not "two"'],
    [[], { SCM_PORT: '70000' }, 'SCM_PORT must be a whole number from 1 to 65535, not "70000"'],
    [['--worker', '2'], {}, "Unknown option '--worker'"],
  ])('refuses %j with %j, naming what is wrong', (argv, env, message) => {
    expect(() => readOptions(argv, env)).toThrow(message);
  });
});
