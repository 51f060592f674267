import { describe, expect, it } from '@jest/globals';
import { isRoot, serverUser, stateFolder } from './places.mjs';

const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
const postgres = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash';

describe('places', () => {
  it('keeps the data of two clones apart', () => {
    expect(stateFolder('/home/a/scm')).not.toBe(stateFolder('/home/b/scm'));
  });

  it('runs Postgres as itself, or when root starts it as postgres, else nobody', () => {
    if (!isRoot) return expect(serverUser('')).toEqual({});
    expect(serverUser(`${nobody}\n${postgres}`)).toEqual({ uid: 101, gid: 104 });
    expect(serverUser(nobody)).toEqual({ uid: 65534, gid: 65534 });
    return expect(() => serverUser('root:x:0:0::/root:/bin/sh')).toThrow('no user named postgres or nobody');
  });
});
