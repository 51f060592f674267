import { errorCodes, isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { refusing } from '../changes.js';
import { textOf, without } from '../members.js';
import { clientCapabilities, inRequest, inResult, ofMethods } from '../place.js';
import { emulated, lossless, refused, rulesOf, none, type Change } from '../rule.js';

const visited = 'done';

const asForm: Change = (params, work) => {
  if (params['mode'] !== 'url') return without(params, 'mode');
  const { message, url } = params;
  work.emulated();
  work.answerBy({ visited });
  const done = { type: 'boolean', title: 'Done', description: 'Whether you have been to the address.' };
  return {
    ...without(params, 'mode', 'url', 'elicitationId'),
    message: `${textOf(message) ?? ''}\n\n${textOf(url) ?? ''}`,
    requestedSchema: { type: 'object', properties: { [visited]: done }, required: [visited] },
  };
};

const asVisit: Change = (result, work) => {
  const field = work.context.reverse?.visited;
  const { action, content } = result;
  if (field === undefined || action !== 'accept') return result;
  const isDone = isJsonObject(content) && content[field] === true;
  return { ...without(result, 'content'), action: isDone ? 'accept' : 'decline' };
};

const asFailure: Change = (message, work) => {
  const { error, ...envelope } = message;
  if (!isJsonObject(error) || error['code'] !== errorCodes.urlElicitationRequired) return message;
  work.emulated();
  const text = [
    error['message'],
    ...elicitationsOf(error).map((one) => `${textOf(one['message'])}: ${textOf(one['url'])}`),
  ];
  return { ...envelope, result: { content: [{ type: 'text', text: text.join('\n') }], isError: true } };
};

const asInternal: Change = (error, work) => {
  if (error['code'] !== errorCodes.urlElicitationRequired) return error;
  work.emulated('code');
  return { ...error, code: errorCodes.internalError };
};

/** What an error asks the user to do first. */
export function elicitationsOf({ data }: JsonObject): JsonObject[] {
  const elicitations = isJsonObject(data) ? data['elicitations'] : undefined;
  return Array.isArray(elicitations) ? elicitations.filter(isJsonObject) : [];
}

const declareForm: Change = (capabilities) => {
  const { elicitation } = capabilities;
  if (!isJsonObject(elicitation) || 'form' in elicitation || 'url' in elicitation) return capabilities;
  return { ...capabilities, elicitation: { ...elicitation, form: {} } };
};

const declareAny: Change = (capabilities) => {
  const { elicitation } = capabilities;
  if (!isJsonObject(elicitation)) return capabilities;
  const isUrlOnly = elicitation['url'] !== undefined && elicitation['form'] === undefined;
  if (isUrlOnly) return without(capabilities, 'elicitation');
  const rest = without(elicitation, 'form', 'url');
  return rest === elicitation ? capabilities : { ...capabilities, elicitation: rest };
};

const others = ['prompts/get', 'resources/read', 'prompts/list', 'resources/list', 'tools/list', 'completion/complete'];

export const urlElicitationRules = rulesOf('2025-11-25', {
  'elicitation-modes': {
    title: 'The modes in the capability `elicitation`',
    up: lossless('An empty one means forms, which is said.'),
    down: lossless('Forms are meant; a client with addresses only is shown as one without the capability.'),
    changes: [{ at: clientCapabilities, up: declareForm, down: declareAny }],
  },
  'url-elicitation': {
    title: 'Addresses the user is asked to go to',
    up: lossless('The answer to the form says whether the user went there.'),
    down: emulated('A form shows the address and asks whether the user has been there.'),
    changes: [
      { at: [inRequest(['elicitation/create'])], down: asForm },
      { at: [inResult(['elicitation/create'])], up: asVisit },
    ],
  },
  'url-elicitation-required': {
    title: 'The error -32042, which asks the user to go to an address first',
    up: none,
    down: emulated('A result of the tool that failed names the addresses; for other requests it is -32603.'),
    changes: [
      { at: ofMethods(['tools/call'], 'error'), down: asFailure },
      { at: [{ kind: 'error', methods: others, path: ['error'] }], down: asInternal },
    ],
  },
  'elicitation-complete': {
    title: 'The notification that the user is back from an address',
    up: none,
    down: refused('Not sent: the form asks the user instead.'),
    changes: [refusing('down', ['notifications/elicitation/complete'])],
  },
});
