import { dropping, refusing } from '../changes.js';
import { clientCapabilities } from '../place.js';
import { lossy, none, refused, rulesOf } from '../rule.js';

export const elicitationRules = rulesOf('2025-06-18', {
  elicitation: {
    title: 'Forms that ask the user',
    up: none,
    down: refused('The client cannot show one: the bridge answers `cancel`.'),
    changes: [refusing('down', ['elicitation/create'])],
  },
  'elicitation-capability': {
    title: 'The capability `elicitation`',
    up: none,
    down: lossy('Not declared to the older server, which could not ask.'),
    changes: [{ at: clientCapabilities, down: dropping('elicitation') }],
  },
});
