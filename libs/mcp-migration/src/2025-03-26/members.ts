import { dropping } from '../changes.js';
import { inNotification, tools } from '../place.js';
import { lossy, none, rulesOf } from '../rule.js';

export const memberRules = rulesOf('2025-03-26', {
  'tool-annotations': {
    title: 'Hints about tools',
    up: none,
    down: lossy('Dropped: a client without hints takes a tool for one that may destroy.'),
    changes: [{ at: tools, down: dropping('annotations') }],
  },
  'progress-message': {
    title: 'A message with progress',
    up: none,
    down: lossy('Dropped; the numbers stay.'),
    changes: [{ at: [inNotification(['notifications/progress'])], down: dropping('message') }],
  },
  annotations: {
    title: 'Annotations as a type of their own',
    up: none,
    down: none,
  },
});
