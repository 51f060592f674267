import { errorCodes, isJsonObject } from '@scm/mcp-messages';
import { refusing } from '../changes.js';
import { without, withoutMeta } from '../members.js';
import { clientCapabilities, inNotification, inRequest, inResult, serverCapabilities, tools } from '../place.js';
import { emulated, lossless, lossy, none, refused, rulesOf, type Change } from '../rule.js';

export const relatedTaskKey = 'io.modelcontextprotocol/related-task';
export const coreTaskMethods = [
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'notifications/tasks/status',
];
export const augmentable = ['tools/call', 'sampling/createMessage', 'elicitation/create'];

const emulatedWithout =
  (key: string): Change =>
  (value, work) => {
    if (value[key] === undefined) return value;
    work.emulated(key);
    return without(value, key);
  };

const withoutSupport: Change = (tool, work) => {
  const { execution } = tool;
  if (execution === undefined) return tool;
  const isTaskOnly = isJsonObject(execution) && execution['taskSupport'] === 'required';
  // Who keeps tasks runs it as one, whatever its client knows.
  if (isTaskOnly && !work.context.keepsTasks) work.dropped('execution');
  return without(tool, 'execution');
};

const unrelated: Change = (value) => withoutMeta(value, relatedTaskKey);

const refuseTask: Change = (result, work) => {
  if (!isJsonObject(result['task']) || result['content'] !== undefined) return result;
  throw work.refuse(errorCodes.internalError);
};

export const taskRules = rulesOf('2025-11-25', {
  'task-support': {
    title: 'Whether a tool runs as a task',
    up: none,
    down: lossy('Not said; a tool that only runs as a task fails when it is called, unless the bridge keeps tasks.'),
    changes: [{ at: tools, down: withoutSupport }],
  },
  'task-augmented': {
    title: 'Requests that become tasks',
    up: none,
    down: emulated('The wish is taken away: the request is answered with its result.'),
    changes: [
      { at: [inRequest(augmentable)], down: emulatedWithout('task') },
      { at: [...clientCapabilities, ...serverCapabilities], down: emulatedWithout('tasks') },
    ],
  },
  'related-task': {
    title: 'Which task a message belongs to',
    up: none,
    down: lossless('Taken away: the older peer knows no task.'),
    changes: [{ at: [inRequest('all'), inNotification('all'), inResult('all')], down: unrelated }],
  },
  tasks: {
    title: 'Requests and notifications about tasks',
    up: none,
    down: refused('The older revision has none.'),
    changes: [refusing('down', coreTaskMethods), { at: [inResult(augmentable)], down: refuseTask }],
  },
});
