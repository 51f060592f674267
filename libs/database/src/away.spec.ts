import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@scm/contracts';
import { QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { unavailableIfAway } from './away.js';

const failure = (code: string | undefined, message = 'x') => Object.assign(new Error(message), { code });

describe('a failure of Postgres', () => {
  it.each([
    failure('ECONNREFUSED'),
    failure('57P03'),
    failure('08006'),
    failure('57014', 'canceling statement due to statement timeout'),
    new QueryRunnerProviderAlreadyReleasedError(),
    failure(undefined, 'Connection terminated unexpectedly'),
    failure(undefined, 'timeout exceeded when trying to connect'),
  ])('that says it is away is UNAVAILABLE: $code $message', (error) => {
    expect(unavailableIfAway(error)).toMatchObject({ code: 'UNAVAILABLE', cause: error });
  });

  it.each([failure('23505'), failure('42P01'), failure(undefined), new ServiceError('NOT_FOUND', 'x'), 'text'])(
    'of another kind is left as it is',
    (error) => {
      expect(unavailableIfAway(error)).toBe(error);
    },
  );
});
