import { describe, expect, it } from '@jest/globals';
import { event, eventSubject, MetricsEvents, Nothing, rpc, subjectToken } from './index.js';

describe('subjects', () => {
  it.each([
    'Login',
    'auth.login',
    'auth.v1.',
    'auth.v1.log in',
    'auth.vX.login',
    'scm.rpc.auth.v1.login',
    'auth.v1.login.more',
  ])('are not made of %s', (name) => {
    expect(() => rpc(name, Nothing, Nothing, { service: 'auth', access: 'public', changes: false })).toThrow(TypeError);
    expect(() => event(name, Nothing, { service: 'auth', key: [] })).toThrow(TypeError);
  });

  it.each([
    ['plain-1', 'plain-1'],
    ['a.b', 'a%2Eb'],
    ['*', '%2A'],
    ['>', '%3E'],
    ['a b\n', 'a%20b%0A'],
    ['', '%'],
    ['ü', '%C3%BC'],
  ])('take the key %j as one token', (text, token) => {
    expect(subjectToken(text)).toBe(token);
    expect(subjectToken(text)).not.toMatch(/[\s.*>]/);
  });

  it('need all their keys', () => {
    expect(eventSubject(MetricsEvents.frameTaken, ['w', 'host'])).toBe('scm.evt.frame.v1.frame-taken.w.host');
    expect(() => eventSubject(MetricsEvents.frameTaken, ['w'])).toThrow(TypeError);
  });
});
