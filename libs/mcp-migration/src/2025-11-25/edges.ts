import { emulated, lossless, rulesOf } from '../rule.js';

/** What doors, connectors and identity keep. */
export const edgeRules = rulesOf('2025-11-25', {
  'polled-streams': {
    kind: 'transport',
    title: 'Streams that the server may close and the client resumes',
    up: emulated('Frames have ids; a first event without data says where to resume.'),
    down: lossless('Streams are not closed early, and no event is without data.'),
  },
  origin: {
    kind: 'transport',
    title: 'HTTP status 403 for an origin that is not allowed',
    up: lossless('Answered by the door.'),
    down: lossless('Answered by the door.'),
  },
  'tool-names': {
    kind: 'bridge',
    title: 'Which characters the name of a tool has',
    up: lossless('Names stay as they are: the newer revision only says what they should be.'),
    down: lossless('Names stay as they are.'),
  },
  'oidc-discovery': {
    kind: 'auth',
    title: 'OpenID Connect discovery, client ID metadata documents, scopes by challenge',
    up: lossless('The door takes the same credentials for every revision.'),
    down: lossless('The door takes the same credentials for every revision.'),
  },
});
