import { errorCodes, errorTable, protocolRevisions } from '@scm/mcp-messages';
import { rules } from '@scm/mcp-migration';
import { code, page, table } from './markdown.mjs';
import { effectText } from './mcp-rules.mjs';

const data = {
  resourceNotFound: '`{ uri }`',
  invalidParams: '`{ uri }` for a resource that is not there, since 2026-07-28',
  urlElicitationRequired: '`{ elicitations: [{ mode: "url", message, url, elicitationId }] }`',
  missingRequiredClientCapability: '`{ requiredCapabilities }`, in the form of client capabilities',
  unsupportedProtocolVersion: '`{ supported, requested }`',
};

/** Which error says what in which revision, and what becomes of it in another. */
export function mcpErrors() {
  const onErrors = rules.filter(({ changes }) => changes.some(({ at }) => at.some(({ kind }) => kind === 'error')));
  return page(
    'Errors of the Model Context Protocol',
    'A tool that failed says so in its result, with `isError`; these are for calls that could not be made. Codes are exact by revision: no peer is sent one that its revision does not have.',
    '## Codes',
    table(
      ['code', 'name', ...protocolRevisions.map(code), 'meaning', '`data`'],
      Object.entries(errorTable).map(([name, { since, end, meaning }]) => [
        code(errorCodes[name]),
        code(name),
        ...protocolRevisions.map((revision) => (revision >= since && (!end || revision < end) ? 'yes' : '–')),
        meaning,
        data[name] ?? '–',
      ]),
    ),
    '## In another revision',
    'What becomes of errors between neighbours; “up” is from the older revision to the newer one.',
    table(
      ['rule', 'error', 'up', 'down'],
      onErrors.map((rule) => [code(rule.id), rule.title, effectText(rule.up), effectText(rule.down)]),
    ),
    '## Refused by a translation',
    'A message that has no form in the other revision is answered with `-32601` where its method does not exist there, `-32602` where its parameters have no counterpart, and `-32603` where that is so of the answer. `data` is `{ rule, from, to }`: the rule that refused it, and the two neighbouring revisions it is between.',
  );
}
