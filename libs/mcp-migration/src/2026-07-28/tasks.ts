import { errorCodes, isJsonObject } from '@scm/mcp-messages';
import { augmentable, coreTaskMethods } from '../2025-11-25/tasks.js';
import { refusing } from '../changes.js';
import { without } from '../members.js';
import { inNotification, inRequest, inResult, tools } from '../place.js';
import { emulated, none, refused, rulesOf, type Change } from '../rule.js';

const emulatedWithout =
  (key: string): Change =>
  (value, work) => {
    if (value[key] === undefined) return value;
    work.emulated(key);
    return without(value, key);
  };

const refuseTask: Change = (result, work) => {
  if (!isJsonObject(result['task']) || result['content'] !== undefined) return result;
  throw work.refuse(errorCodes.internalError);
};

const refuseExtension: Change = (result, work) => {
  if (result['resultType'] === 'task') throw work.refuse(errorCodes.internalError);
  return result;
};

const ofRequest: Change = (params, work) => {
  if (params['requestId'] === undefined) throw work.refuse();
  return params;
};

export const taskRules = rulesOf('2026-07-28', {
  tasks: {
    kind: 'bridge',
    title: 'Tasks of the core, and tasks as an extension',
    up: refused('The bridge keeps the task.'),
    down: refused('The bridge keeps the task.'),
    changes: [
      refusing('up', coreTaskMethods),
      { at: [inResult('all')], down: refuseExtension },
      { at: [inResult(augmentable)], up: refuseTask },
      { at: [inNotification(['notifications/cancelled'])], up: ofRequest },
    ],
  },
  'task-augmented': {
    title: 'Requests that become tasks, and tools that run as such',
    up: emulated('The wish is taken away: the server decides what becomes a task.'),
    down: none,
    changes: [
      { at: [inRequest(augmentable)], up: emulatedWithout('task') },
      { at: tools, up: emulatedWithout('execution') },
    ],
  },
});
