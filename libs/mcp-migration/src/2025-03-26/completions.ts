import { errorCodes, isJsonObject } from '@scm/mcp-messages';
import { removing } from '../changes.js';
import { ofMethods, serverCapabilities } from '../place.js';
import { emulated, lossless, rulesOf, type Change } from '../rule.js';

const declare: Change = (capabilities, work) => {
  const { completions, prompts, resources } = capabilities;
  if (completions !== undefined || (!prompts && !resources)) return capabilities;
  work.emulated('completions');
  return { ...capabilities, completions: {} };
};

const answerNothing: Change = (message, work) => {
  const { error } = message;
  if (!isJsonObject(error) || error['code'] !== errorCodes.methodNotFound) return message;
  work.emulated();
  const { error: _, ...envelope } = message;
  return { ...envelope, result: { completion: { values: [] } } };
};

export const completionRules = rulesOf('2025-03-26', {
  completions: {
    title: 'The capability `completions`',
    up: emulated('Declared where there are prompts or resources: older servers complete without saying so.'),
    down: lossless('Not declared; the method is there.'),
    changes: [{ at: serverCapabilities, up: declare, down: removing('completions') }],
  },
  'completion-unknown': {
    title: 'Completions of a server that has none',
    up: emulated('-32601 becomes a result without values, since the capability was declared on its behalf.'),
    down: lossless('Stays as it is.'),
    changes: [{ at: ofMethods(['completion/complete'], 'error'), up: answerNothing }],
  },
});
