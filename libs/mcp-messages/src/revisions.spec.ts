import { describe, expect, it } from '@jest/globals';
import {
  allowsBatch,
  compareRevisions,
  features,
  hasFeature,
  isProtocolRevision,
  isStateless,
  negotiateSession,
  newestCommon,
  protocolRevisions,
  type Feature,
} from './index.js';

describe('revisions', () => {
  it('are ordered', () => {
    expect([...protocolRevisions].reverse().sort(compareRevisions)).toEqual(protocolRevisions);
  });

  it.each(['2024-10-07', 'draft', '', 20241105, null])('do not hold %j', (value) => {
    expect(isProtocolRevision(value)).toBe(false);
  });
});

describe('negotiateSession', () => {
  it.each(protocolRevisions.filter((revision) => !isStateless(revision)))('agrees to %s', (revision) => {
    expect(negotiateSession(revision)).toBe(revision);
  });

  it.each(['2024-10-07', '2026-07-28', '2099-01-01', ''])('answers %j with its newest of sessions', (requested) => {
    expect(negotiateSession(requested)).toBe('2025-11-25');
    expect(negotiateSession(requested, ['2025-06-18', '2024-11-05', '2026-07-28'])).toBe('2025-06-18');
  });

  it('has no answer where no sessions are served', () => {
    expect(negotiateSession('2025-11-25', ['2026-07-28'])).toBeUndefined();
  });
});

describe('newestCommon', () => {
  it('finds what both know', () => {
    expect(newestCommon(protocolRevisions, ['draft', '2025-03-26', '2025-11-25', '2024-11-05'])).toBe('2025-11-25');
    expect(newestCommon(['2026-07-28'], ['2025-11-25'])).toBeUndefined();
  });
});

describe('features', () => {
  it('agree with the questions that have functions of their own', () => {
    for (const revision of protocolRevisions) {
      expect(hasFeature(revision, 'batches')).toBe(allowsBatch(revision));
      expect(hasFeature(revision, 'statelessRequests')).toBe(isStateless(revision));
      expect(hasFeature(revision, 'sessions')).toBe(!isStateless(revision));
    }
  });

  it('are each in at least one revision', () => {
    const never = (Object.keys(features) as Feature[]).filter(
      (name) => !protocolRevisions.some((r) => hasFeature(r, name)),
    );
    expect(never).toEqual([]);
  });
});
