import { protocolRevisions, type ProtocolRevision } from '@scm/mcp-messages';
import { inRequest, inResult } from './place.js';
import { lossless, rulesOf, type Change, type Rule } from './rule.js';

/** Of a pair that both open sessions. */
export function protocolVersionRule(newer: ProtocolRevision): Rule[] {
  const older = protocolRevisions[protocolRevisions.indexOf(newer) - 1];
  const renaming =
    (from: unknown, to: unknown): Change =>
    (value) =>
      value['protocolVersion'] === from ? { ...value, protocolVersion: to } : value;
  return rulesOf(newer, {
    'protocol-version': {
      title: 'The revision that `initialize` names',
      up: lossless('The newer revision is named.'),
      down: lossless('The older revision is named.'),
      changes: [
        {
          at: [inRequest(['initialize']), inResult(['initialize'])],
          up: renaming(older, newer),
          down: renaming(newer, older),
        },
      ],
    },
  });
}
