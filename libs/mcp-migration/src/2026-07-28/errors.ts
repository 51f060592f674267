import { errorCodes, isJsonObject } from '@scm/mcp-messages';
import { within } from '../members.js';
import { inError, ofMethods } from '../place.js';
import { emulated, lossless, lossy, none, rulesOf, type Change } from '../rule.js';

const asInvalidParams: Change = (error, work) => {
  if (error['code'] !== errorCodes.resourceNotFound) return error;
  const { uri } = work.context;
  const data = error['data'] ?? (uri === undefined ? undefined : { uri });
  return { ...error, code: errorCodes.invalidParams, ...(data !== undefined && { data }) };
};

const asNotFound: Change = (error) => {
  const { code, data } = error;
  const isMissing = code === errorCodes.invalidParams && isJsonObject(data) && typeof data['uri'] === 'string';
  return isMissing ? { ...error, code: errorCodes.resourceNotFound } : error;
};

const asFailure: Change = (message, work) => {
  const { error, ...envelope } = message;
  if (!isJsonObject(error) || error['code'] !== errorCodes.missingRequiredClientCapability) return message;
  work.emulated();
  const { data } = error;
  const needed = isJsonObject(data) ? JSON.stringify(data['requiredCapabilities']) : '';
  const text = `${String(error['message'])} ${needed}`.trim();
  return { ...envelope, result: { content: [{ type: 'text', text }], isError: true } };
};

const newCodes: readonly unknown[] = [
  errorCodes.headerMismatch,
  errorCodes.missingRequiredClientCapability,
  errorCodes.unsupportedProtocolVersion,
];

const asInternal: Change = (message, work) =>
  within(message, 'error', (error) => {
    if (!newCodes.includes(error['code'])) return error;
    work.dropped('code');
    return { ...error, code: errorCodes.internalError };
  });

export const errorRules = rulesOf('2026-07-28', {
  'resource-not-found': {
    title: 'The error for a resource that is not there',
    up: lossless('-32002 becomes -32602.'),
    down: lossless('-32602 becomes -32002 where `data.uri` names the resource that was read.'),
    changes: [
      { at: [inError('all')], up: asInvalidParams },
      { at: [inError(['resources/read'])], down: asNotFound },
    ],
  },
  'missing-capability': {
    title: 'The error -32021 for a capability that the client did not declare',
    up: none,
    down: emulated('A result of the tool that failed names the capability.'),
    changes: [{ at: ofMethods(['tools/call'], 'error'), down: asFailure }],
  },
  'reserved-codes': {
    title: 'The error codes -32020 to -32022',
    up: none,
    down: lossy('-32603: what went wrong is between gateway and server, and nothing that the client can mend.'),
    changes: [{ at: ofMethods('all', 'error'), down: asInternal }],
  },
  'http-status': {
    kind: 'transport',
    title: 'HTTP statuses: 404 for unknown methods, 405 for GET and DELETE',
    up: lossless('Answered by the door, by the era of the request.'),
    down: lossless('Answered by the door, by the era of the request.'),
  },
});
