import { errorCodes, isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { elicitationsOf } from '../2025-11-25/url-elicitation.js';
import { textOf, without } from '../members.js';
import { inRequest, inResult, ofMethods } from '../place.js';
import { emulated, lossless, none, refused, rulesOf, type Change } from '../rule.js';

const embeddable = ['sampling/createMessage', 'roots/list', 'elicitation/create'];
const askable = ['tools/call', 'prompts/get', 'resources/read'];

const embed: Change = (message) => without(message, 'jsonrpc', 'id');

const sendable: Change = (message, work) => {
  const { requestId } = work.context;
  return requestId === undefined ? message : { jsonrpc: '2.0', id: requestId, ...message };
};

const withoutAnswers: Change = (params, work) => {
  if (params['inputResponses'] === undefined && params['requestState'] === undefined) return params;
  for (const key of ['inputResponses', 'requestState']) if (params[key] !== undefined) work.emulated(key);
  return without(params, 'inputResponses', 'requestState');
};

const refuseQuestions: Change = (result, work) => {
  if (result['resultType'] === 'input_required') throw work.refuse(errorCodes.internalError);
  return result;
};

const nameVisit: Change = (params, work) => {
  if (params['mode'] !== 'url' || params['elicitationId'] !== undefined) return params;
  work.emulated('elicitationId');
  return { ...params, elicitationId: work.context.elicitationId ?? params['url'] };
};

const unnameVisit: Change = (params, work) => {
  if (params['mode'] !== 'url' || params['elicitationId'] === undefined) return params;
  work.emulated('elicitationId');
  return without(params, 'elicitationId');
};

const ask: Change = (message, work) => {
  const { error, ...envelope } = message;
  if (!isJsonObject(error) || error['code'] !== errorCodes.urlElicitationRequired) return message;
  work.emulated();
  const requests = elicitationsOf(error).map((params, index) => [
    textOf(params['elicitationId']) ?? String(index),
    { method: 'elicitation/create', params: without(params, 'elicitationId') },
  ]);
  return {
    ...envelope,
    result: { resultType: 'input_required', inputRequests: Object.fromEntries(requests) as JsonObject },
  };
};

export const inputRequiredRules = rulesOf('2026-07-28', {
  'input-required': {
    kind: 'bridge',
    title: 'Results that ask for input, instead of requests from server to client',
    up: lossless(
      'The request stands in a result, without its envelope; the bridge keeps the call it belongs to, and makes the key, as an older request has none of its server’s choice.',
    ),
    down: refused(
      'The bridge sends what the result asks for as requests, and tries again with the answers, which are taken away from requests.',
    ),
    changes: [
      { at: ofMethods(embeddable, 'request'), up: embed, down: sendable },
      { at: [inRequest(askable)], down: withoutAnswers },
      { at: [inResult('all')], down: refuseQuestions },
    ],
  },
  'elicitation-id': {
    title: 'The id of a request to go to an address',
    up: emulated('Taken away.'),
    down: emulated('Where nobody gives one, the address is it.'),
    changes: [{ at: [inRequest(['elicitation/create'])], up: unnameVisit, down: nameVisit }],
  },
  'url-elicitation-required': {
    title: 'The error -32042, which asks the user to go to an address first',
    up: emulated('A result that asks for input names the addresses.'),
    down: none,
    changes: [{ at: ofMethods(askable, 'error'), up: ask }],
  },
});
