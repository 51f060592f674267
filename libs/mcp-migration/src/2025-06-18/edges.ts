import { emulated, lossless, rulesOf } from '../rule.js';

/** What doors, connectors and identity keep. */
export const edgeRules = rulesOf('2025-06-18', {
  'no-batches': {
    kind: 'transport',
    title: 'Batches are gone',
    up: emulated('A batch is taken apart, and its answers are gathered into one array.'),
    down: lossless('Single messages stay single.'),
  },
  'version-header': {
    kind: 'transport',
    title: 'The header `MCP-Protocol-Version`',
    up: emulated('Taken from the session.'),
    down: lossless('Not sent; one that is sent is judged.'),
  },
  'resource-server': {
    kind: 'auth',
    title: 'Servers as OAuth resource servers',
    up: lossless('The door takes the same credentials for every revision.'),
    down: lossless('The door takes the same credentials for every revision.'),
  },
});
