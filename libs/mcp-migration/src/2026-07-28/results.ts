import { errorCodes, isJsonObject, metaKeys } from '@scm/mcp-messages';
import { removing } from '../changes.js';
import { withoutMeta } from '../members.js';
import { inResult } from '../place.js';
import { lossless, lossy, none, refused, rulesOf, type Change } from '../rule.js';

const lists = ['initialize', 'tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
const ofServer = [inResult('all', '', 'server')];

const complete: Change = (result) => ({ ...result, resultType: 'complete' });

const onlyComplete: Change = (result, work) => {
  const { resultType, ...rest } = result;
  // Those are refused, or put into another form, by the rules of their own.
  if (resultType === undefined || resultType === 'input_required' || resultType === 'task') return result;
  if (resultType !== 'complete')
    throw work.refuse(errorCodes.internalError, `A result of the type ${JSON.stringify(resultType)} has no older form`);
  return rest;
};

const byServer: Change = (result, work) => {
  const { serverInfo } = work.context;
  if (!serverInfo) return result;
  const meta = isJsonObject(result['_meta']) ? result['_meta'] : {};
  return { ...result, _meta: { ...meta, [metaKeys.serverInfo]: serverInfo } };
};

const hinted: Change = (result, work) => ({
  ...result,
  ...(work.context.cache ?? { ttlMs: 0, cacheScope: 'private' }),
});

const MAX_VALUES = 100;

const first100: Change = (result, work) => {
  const { completion } = result;
  if (!isJsonObject(completion) || !Array.isArray(completion['values'])) return result;
  const { values } = completion;
  if (values.length <= MAX_VALUES) return result;
  work.dropped('completion/values');
  const total = completion['total'] ?? values.length;
  return { ...result, completion: { ...completion, total, hasMore: true, values: values.slice(0, MAX_VALUES) } };
};

export const resultRules = rulesOf('2026-07-28', {
  'result-type': {
    title: 'The type of a result',
    up: lossless('What a session answers is complete.'),
    down: refused('Not said of what is complete; results of other types have no older form.'),
    changes: [{ at: ofServer, up: complete, down: onlyComplete }],
  },
  'server-info': {
    title: 'Which server gave a result',
    up: lossless('Taken from the session.'),
    down: lossless('Taken away: the session says it.'),
    changes: [{ at: ofServer, up: byServer, down: (result) => withoutMeta(result, metaKeys.serverInfo) }],
  },
  'cache-hints': {
    title: 'How long a result may be kept, and by whom',
    up: lossless('What was configured for the server; without that, not at all.'),
    down: lossless('Taken away; the bridge keeps results by it.'),
    changes: [{ at: [inResult([...lists, 'resources/read'])], up: hinted, down: removing('ttlMs', 'cacheScope') }],
  },
  'completion-values': {
    title: 'At most 100 values of a completion',
    up: lossy('The first 100, and that there are more.'),
    down: none,
    changes: [{ at: [inResult(['completion/complete'])], up: first100 }],
  },
  'list-order': {
    kind: 'bridge',
    title: 'Lists of tools in a stable order',
    up: lossless('Lists keep the order of the server.'),
    down: none,
  },
});
