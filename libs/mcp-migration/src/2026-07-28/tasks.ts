import { errorCodes, isJsonObject, metaKeys, tasksExtension, type JsonObject } from '@scm/mcp-messages';
import { augmentable, coreTaskMethods } from '../2025-11-25/tasks.js';
import { refusing } from '../changes.js';
import { within, without, withoutMeta } from '../members.js';
import { inNotification, inRequest, inResult, ofMethods, tools } from '../place.js';
import { emulated, refused, rulesOf, type Change } from '../rule.js';
import { coreTask, detailedTask, extensionTask } from './task-dialects.js';

const unlessKept: Change = (value, work) => {
  if (work.context.keepsTasks) return value;
  throw work.refuse(errorCodes.methodNotFound);
};

const declare: Change = (params, work) => {
  if (params['task'] === undefined) return params;
  work.emulated('task');
  const asked = without(params, 'task');
  if (!work.context.keepsTasks) return asked;
  return within(asked, '_meta', (meta) =>
    within(meta, metaKeys.clientCapabilities, (capabilities) => {
      const extensions = isJsonObject(capabilities['extensions']) ? capabilities['extensions'] : {};
      return { ...capabilities, extensions: { ...extensions, [tasksExtension.id]: {} } };
    }),
  );
};

const augment: Change = (params, work) => {
  const { task } = work.context;
  return task ? { ...params, task: { ...task } } : params;
};

/** In `_meta` of a canonical tool: whether it runs as a task, since no member of it says so any more. */
export const taskSupportKey = 'io.scm/task-support';

const withoutSupport: Change = (tool, work) => {
  const { execution, _meta, ...rest } = tool;
  if (execution === undefined) return tool;
  const support = isJsonObject(execution) ? execution['taskSupport'] : undefined;
  if (work.context.keepsTasks && typeof support === 'string')
    return { ...rest, _meta: { ...(isJsonObject(_meta) && _meta), [taskSupportKey]: support } };
  work.emulated('execution');
  return without(tool, 'execution');
};

const withSupport: Change = (tool, work) => {
  const support = isJsonObject(tool['_meta']) ? tool['_meta'][taskSupportKey] : undefined;
  if (support === undefined) return tool;
  const plain = withoutMeta(tool, taskSupportKey);
  // Who makes its tasks itself makes them when that is wished for.
  return work.context.keepsTasks
    ? { ...plain, execution: { taskSupport: support === 'own' ? 'optional' : support } }
    : plain;
};

const createdUp: Change = (result, work) => {
  const { task, ...rest } = result;
  if (!isJsonObject(task) || result['content'] !== undefined) return result;
  if (!work.context.keepsTasks) throw work.refuse(errorCodes.internalError);
  return { ...rest, ...extensionTask(task), resultType: 'task' };
};

const createdDown: Change = (result, work) => {
  const { resultType, _meta, ...task } = result;
  if (resultType !== 'task') return result;
  if (!work.context.keepsTasks) throw work.refuse(errorCodes.internalError);
  return { ...(_meta !== undefined && { _meta }), task: coreTask(task) };
};

const stateUp: Change = (task, work) => {
  unlessKept(task, work);
  const detailed = detailedTask(task, work.context.taskOutcome);
  if (!detailed) throw work.refuse(errorCodes.internalError);
  return detailed;
};

const stateDown: Change = (task, work) => {
  unlessKept(task, work);
  for (const key of ['result', 'error', 'inputRequests']) if (task[key] !== undefined) work.emulated(key);
  return coreTask(task);
};

const acknowledged: Change = (task, work) => {
  const { _meta, resultType } = unlessKept(task, work);
  work.emulated();
  return { ...(_meta !== undefined && { _meta }), ...(resultType !== undefined && { resultType }) };
};

const renamed =
  (method: string): Change =>
  (message, work) =>
    ({ ...unlessKept(message, work), method }) satisfies JsonObject;

const ofRequest: Change = (params, work) => {
  if (params['requestId'] === undefined) throw work.refuse();
  return params;
};

const both = ['tasks/get', 'tasks/cancel'];
const gone = coreTaskMethods.filter((method) => !both.includes(method) && !method.startsWith('notifications/'));
const told = { core: 'notifications/tasks/status', extension: 'notifications/tasks' } as const;

export const taskRules = rulesOf('2026-07-28', {
  tasks: {
    kind: 'bridge',
    title: 'Tasks of the core, and tasks as an extension',
    up: refused('Put into the other dialect where the bridge keeps them; what a task ended with stands in it.'),
    down: refused('Put into the other dialect where the bridge keeps them; what a task ended with is asked for.'),
    changes: [
      refusing('up', gone),
      refusing('down', ['tasks/update']),
      { at: ofMethods(both, 'request'), up: unlessKept, down: unlessKept },
      { at: [inResult(augmentable)], up: createdUp, down: createdDown },
      { at: [inResult(['tasks/get'])], up: stateUp, down: stateDown },
      { at: [inResult(['tasks/cancel'])], up: acknowledged },
      refusing('down', ['tasks/cancel'], 'result'),
      { at: ofMethods([told.core], 'notification'), up: renamed(told.extension) },
      { at: [inNotification([told.core])], up: stateUp },
      { at: ofMethods([told.extension], 'notification'), down: renamed(told.core) },
      { at: [inNotification([told.extension])], down: stateDown },
      { at: [inNotification(['notifications/cancelled'])], up: ofRequest },
    ],
  },
  'task-augmented': {
    title: 'Requests that become tasks, and tools that run as such',
    up: emulated(
      'The wish is taken away, and the extension declared where the bridge keeps tasks: the server decides what becomes one. What a tool says of tasks stands in its `_meta`.',
    ),
    down: emulated('The bridge asks for a task where the tool wants one, and says which tools run as such.'),
    changes: [
      { at: [inRequest(augmentable)], up: declare },
      { at: [inRequest(['tools/call'])], down: augment },
      { at: tools, up: withoutSupport, down: withSupport },
    ],
  },
});
