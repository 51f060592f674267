import { emulated, lossless, lossy, none, rulesOf } from '../rule.js';

/** What doors, connectors and identity keep. */
export const edgeRules = rulesOf('2025-03-26', {
  batches: {
    kind: 'transport',
    title: 'JSON-RPC batches',
    up: none,
    down: emulated(
      'A batch is sent as single messages; the answers are gathered into one array. Empty ones and `initialize` in one are refused.',
    ),
  },
  'streamable-http': {
    kind: 'transport',
    title: 'Streamable HTTP instead of HTTP+SSE',
    up: emulated('The old endpoints are served, and bound to a session of the new kind.'),
    down: lossy('The same; a stream that broke cannot be resumed by an old client.'),
  },
  oauth: {
    kind: 'auth',
    title: 'OAuth 2.1',
    up: lossless('The door takes the same credentials for every revision.'),
    down: lossless('The door takes the same credentials for every revision.'),
  },
  stdio: {
    kind: 'transport',
    title: 'stdio',
    up: lossless('Unchanged: a message a line.'),
    down: lossless('Unchanged: a message a line.'),
  },
});
