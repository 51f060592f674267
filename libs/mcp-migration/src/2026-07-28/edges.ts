import { emulated, lossless, lossy, none, rulesOf } from '../rule.js';

/** What doors, connectors, identity and the stateful bridge keep. */
export const edgeRules = rulesOf('2026-07-28', {
  sessions: {
    kind: 'bridge',
    title: 'Sessions',
    up: emulated('Kept by the gateway, for any replica.'),
    down: lossy('Sessions of an upstream are kept for each caller; what a server keeps in one is lost with it.'),
  },
  'parked-calls': {
    kind: 'bridge',
    title: 'Calls that wait for input',
    up: emulated('A retried request goes on where its call waits; the state names it, sealed for its caller.'),
    down: emulated('Tried again with the answers and the state, a few times at most.'),
  },
  'unasked-requests': {
    kind: 'bridge',
    title: 'Requests of a server outside any call',
    up: lossy('Answered by the gateway: nobody is there to ask.'),
    down: none,
  },
  progress: {
    kind: 'bridge',
    title: 'Progress tokens',
    up: lossless('Given anew by each connection.'),
    down: lossless('Given anew by each connection.'),
  },
  cancellation: {
    kind: 'bridge',
    title: 'Cancellation',
    up: lossless('`notifications/cancelled` ends the request.'),
    down: lossless('The end of a request becomes `notifications/cancelled`.'),
  },
  'resumed-streams': {
    kind: 'transport',
    title: 'Streams that are resumed',
    up: emulated('The gateway keeps the frames of sessions.'),
    down: lossy('Not resumed: the request is sent again.'),
  },
  'mirrored-headers': {
    kind: 'transport',
    title: 'The headers `Mcp-Method` and `Mcp-Name`',
    up: emulated('Computed from the body.'),
    down: lossless('Judged by the door, and not sent on.'),
  },
  'trace-context': {
    kind: 'transport',
    title: 'Trace context in headers and in `_meta`',
    up: lossless('In `_meta` it stays as it is; headers belong to each connection.'),
    down: lossless('In `_meta` it stays as it is; headers belong to each connection.'),
  },
  issuer: {
    kind: 'auth',
    title: 'The issuer in authorization answers, and credentials for each issuer',
    up: lossless('The door takes the same credentials for every revision.'),
    down: lossless('The door takes the same credentials for every revision.'),
  },
  deprecated: {
    kind: 'bridge',
    title: 'Roots, sampling and logging are deprecated',
    up: lossless('Served.'),
    down: lossless('Served.'),
  },
});
