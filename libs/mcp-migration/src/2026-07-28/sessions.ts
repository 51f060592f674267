import { errorCodes } from '@scm/mcp-messages';
import { refusing } from '../changes.js';
import { inNotification } from '../place.js';
import { none, refused, rulesOf } from '../rule.js';

/** What only sessions have, or only requests without them: no message stands for it on the other side. */
export const sessionRules = rulesOf('2026-07-28', {
  handshake: {
    kind: 'bridge',
    title: '`initialize` and `server/discover`',
    up: refused('The bridge answers it: no session is opened behind it.'),
    down: refused('The bridge asks when it opens a session with the server.'),
    changes: [refusing('up', ['initialize', 'notifications/initialized']), refusing('down', ['server/discover'])],
  },
  ping: {
    kind: 'bridge',
    title: '`ping`',
    up: refused('The bridge answers it: a ping is about its own connection.'),
    down: none,
    changes: [refusing('up', ['ping'])],
  },
  'log-level': {
    kind: 'bridge',
    title: '`logging/setLevel`, and the level in each request',
    up: refused('The bridge keeps the level with the session, and says it with each request.'),
    down: none,
    changes: [refusing('up', ['logging/setLevel'])],
  },
  subscriptions: {
    kind: 'bridge',
    title: '`resources/subscribe` and `subscriptions/listen`',
    up: refused('The bridge keeps one filter of the resources that sessions subscribe to.'),
    down: refused('The bridge subscribes to each resource of the filter, and unsubscribes at its end.'),
    changes: [
      refusing('up', ['resources/subscribe', 'resources/unsubscribe']),
      refusing('down', ['subscriptions/listen', 'notifications/subscriptions/acknowledged']),
    ],
  },
  'roots-changed': {
    kind: 'bridge',
    title: 'The notification that the roots changed',
    up: refused('Not passed on: roots are asked for anew whenever they are needed.'),
    down: none,
    changes: [refusing('up', ['notifications/roots/list_changed'])],
  },
  'client-progress': {
    kind: 'bridge',
    title: 'Progress that the client tells',
    up: refused('Not passed on: what a server asks stands in a result, which has no progress.'),
    down: none,
    changes: [
      {
        at: [{ ...inNotification(['notifications/progress']), sender: 'client', path: [] }],
        up: (_message, work) => {
          throw work.refuse(errorCodes.methodNotFound);
        },
      },
    ],
  },
  'elicitation-complete': {
    kind: 'bridge',
    title: 'The notification that the user is back from an address',
    up: refused('Not passed on: the request is tried again instead.'),
    down: none,
    changes: [refusing('up', ['notifications/elicitation/complete'])],
  },
});
