import { dropping, droppingIn } from '../changes.js';
import { clientCapabilities, serverCapabilities } from '../place.js';
import { lossy, none, rulesOf } from '../rule.js';

/** The handshake translates them: no message of both revisions holds capabilities. */
export const capabilityRules = rulesOf('2026-07-28', {
  'roots-capability': {
    title: 'That a client tells when its roots change',
    up: lossy('Not declared: roots are asked for anew.'),
    down: none,
    changes: [{ at: clientCapabilities, up: droppingIn('roots', 'listChanged') }],
  },
  'tasks-capability': {
    title: 'Tasks of the core as a capability',
    up: lossy('Not declared: tasks are an extension.'),
    down: none,
    changes: [{ at: [...clientCapabilities, ...serverCapabilities], up: dropping('tasks') }],
  },
  extensions: {
    title: 'Declared extensions',
    up: none,
    down: lossy('Not declared.'),
    changes: [{ at: [...clientCapabilities, ...serverCapabilities], down: dropping('extensions') }],
  },
});
