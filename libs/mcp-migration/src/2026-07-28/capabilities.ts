import { isJsonObject, tasksExtension, type JsonObject } from '@scm/mcp-messages';
import { dropping, droppingIn } from '../changes.js';
import { within, without } from '../members.js';
import { clientCapabilities, serverCapabilities } from '../place.js';
import { emulated, lossy, none, rulesOf, type Change } from '../rule.js';

/** What a server of 2025-11-25 declares that runs tools as tasks. */
const coreTasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } } as const;

const dropTasks = dropping('tasks');

const asExtension: Change = (capabilities, work) => {
  const { tasks, extensions } = capabilities;
  if (!work.context.keepsTasks || !runsTools(tasks)) return dropTasks(capabilities, work);
  work.emulated('tasks');
  const others = isJsonObject(extensions) ? extensions : {};
  return { ...without(capabilities, 'tasks'), extensions: { ...others, [tasksExtension.id]: {} } };
};

function runsTools(tasks: unknown): boolean {
  const requests = isJsonObject(tasks) ? tasks['requests'] : undefined;
  return isJsonObject(requests) && isJsonObject(requests['tools']) && requests['tools']['call'] !== undefined;
}

const asCore: Change = (capabilities, work) => {
  const { extensions } = capabilities;
  if (!work.context.keepsTasks || !isJsonObject(extensions) || !(tasksExtension.id in extensions)) return capabilities;
  work.emulated('extensions');
  const rest = within(capabilities, 'extensions', (all): JsonObject => without(all, tasksExtension.id));
  const isLast = Object.keys(extensions).length === 1;
  return { ...(isLast ? without(rest, 'extensions') : rest), tasks: coreTasks };
};

/** The handshake translates them: no message of both revisions holds capabilities. */
export const capabilityRules = rulesOf('2026-07-28', {
  'roots-capability': {
    title: 'That a client tells when its roots change',
    up: lossy('Not declared: roots are asked for anew.'),
    down: none,
    changes: [{ at: clientCapabilities, up: droppingIn('roots', 'listChanged') }],
  },
  'tasks-capability': {
    title: 'Tasks as a capability of the core, or as an extension',
    up: lossy('Declared as the extension where a server runs tools as tasks and the bridge keeps them.'),
    down: emulated('Declared as the capability of the core where the bridge keeps tasks.'),
    changes: [
      { at: clientCapabilities, up: dropTasks },
      { at: serverCapabilities, up: asExtension, down: asCore },
    ],
  },
  extensions: {
    title: 'Declared extensions',
    up: none,
    down: lossy('Not declared.'),
    changes: [{ at: [...clientCapabilities, ...serverCapabilities], down: dropping('extensions') }],
  },
});
