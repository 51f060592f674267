import { errorCodes, isJsonObject } from '@scm/mcp-messages';
import { inNotification, ofMethods } from '../place.js';
import { emulated, lossless, none, refused, rulesOf, type Change } from '../rule.js';

const withRequestId: Change = (message, work) => {
  // Only an envelope has an id.
  if (message['jsonrpc'] === undefined || message['id'] !== undefined) return message;
  const { requestId } = work.context;
  if (requestId === undefined) throw work.refuse(errorCodes.internalError);
  return { ...message, id: requestId };
};

const ofRequest: Change = (params, work) => {
  if (params['requestId'] === undefined) throw work.refuse(errorCodes.invalidParams);
  return params;
};

const asFailure: Change = (message, work) => {
  const { error, ...envelope } = message;
  if (!work.context.showsInputErrors || !isJsonObject(error) || error['code'] !== errorCodes.invalidParams)
    return message;
  work.emulated();
  return { ...envelope, result: { content: [{ type: 'text', text: error['message'] }], isError: true } };
};

export const messageRules = rulesOf('2025-11-25', {
  'error-without-id': {
    title: 'Errors that name no request',
    up: none,
    down: refused('They get the id of the request, where the connection knows it.'),
    changes: [{ at: ofMethods('all', 'error'), down: withRequestId }],
  },
  'cancelled-without-id': {
    title: 'Cancellations that name no request',
    up: none,
    down: refused('Not sent: only tasks are cancelled without a request.'),
    changes: [{ at: [inNotification(['notifications/cancelled'])], down: ofRequest }],
  },
  'input-errors': {
    title: 'Faults in the arguments of a tool as its result',
    up: emulated('On request -32602 becomes a result of the tool that failed, which the model sees.'),
    down: none,
    changes: [{ at: ofMethods(['tools/call'], 'error'), up: asFailure }],
  },
  'schema-dialect': {
    title: 'JSON Schema 2020-12 as the default dialect',
    up: lossless('Schemas stay as they are.'),
    down: lossless('Schemas stay as they are.'),
  },
});
