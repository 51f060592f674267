import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { metaKeys, protocolRevisions, type JsonObject, type ProtocolRevision } from '@scm/mcp-messages';
import { skipUnless } from '@scm/testing';
import { hasSchemas, schemaFolder } from '../../mcp-messages/src/testing/official.js';
import { initializeParamsOf, initializeResultOf, ledgerOf, translate, Untranslatable } from './index.js';
import { carried } from './testing/carriers.js';
import { faultOf } from './testing/verdicts.js';

const folder = path.join(schemaFolder, '2026-07-28/examples');
const older = protocolRevisions.filter((revision) => revision < '2026-07-28');
const compared = hasSchemas ? describe : (): void => undefined;

skipUnless(hasSchemas, 'the official MCP schemas are not beside this clone')('the official schemas are there', () => {
  expect(readdirSync(folder).length).toBeGreaterThan(0);
});

const examples = hasSchemas
  ? readdirSync(folder).flatMap((definition) =>
      readdirSync(path.join(folder, definition)).map((file) => ({
        definition,
        name: `${definition}/${file.replace('.json', '')}`,
        value: JSON.parse(readFileSync(path.join(folder, definition, file), 'utf8')) as JsonObject,
      })),
    )
  : [];

interface Refused {
  rule: string;
  /** The first revision that has it. */
  before: ProtocolRevision;
  examples: string[];
}

/** What older revisions have no message for. */
const refused: Refused[] = [
  {
    rule: '2025-06-18/elicitation',
    before: '2025-06-18',
    examples: [
      'BooleanSchema/boolean-input-schema',
      'ElicitRequest/elicitation-request',
      'ElicitRequestFormParams/elicit-multiple-fields',
      'ElicitRequestFormParams/elicit-single-field',
      'ElicitRequestURLParams/elicit-sensitive-data',
      'ElicitResult/accept-url-mode-no-content',
      'ElicitResult/input-multiple-fields',
      'ElicitResult/input-single-field',
      'InputRequests/elicitation-and-sampling-input-requests',
      'InputResponses/elicitation-and-sampling-input-responses',
      'NumberSchema/number-input-schema',
      'StringSchema/email-input-schema',
      'TitledMultiSelectEnumSchema/titled-color-multi-select-schema',
      'TitledSingleSelectEnumSchema/titled-color-select-schema',
      'UntitledMultiSelectEnumSchema/color-multi-select-schema',
      'UntitledSingleSelectEnumSchema/color-select-schema',
    ],
  },
  {
    rule: '2025-11-25/sampling-tools',
    before: '2025-11-25',
    examples: [
      'CreateMessageRequestParams/follow-up-with-tool-results',
      'CreateMessageRequestParams/request-with-tools',
      'CreateMessageResult/tool-use-response',
      'SamplingMessage/multiple-content-blocks',
      'ToolResultContent/get-weather-tool-result',
      'ToolUseContent/get-weather-tool-use',
    ],
  },
  {
    rule: '2026-07-28/input-required',
    before: '2026-07-28',
    examples: [
      'InputRequiredResult/input-required-result-with-elicitation-and-sampling-and-request-state',
      'InputRequiredResult/input-required-result-with-request-state-only',
    ],
  },
  {
    rule: '2026-07-28/subscriptions',
    before: '2026-07-28',
    examples: [
      'SubscriptionsAcknowledgedNotification/listen-acknowledged',
      'SubscriptionsListenRequest/listen-for-list-changes',
      'SubscriptionsListenResult/listen-closed',
      'SubscriptionsListenResultResponse/listen-closed-response',
    ],
  },
];

function refusedIn(revision: ProtocolRevision): Record<string, string> {
  const rows = refused.filter(({ before }) => revision < before);
  return Object.fromEntries(rows.flatMap(({ rule, examples: names }) => names.map((name) => [name, rule])));
}

compared('the official examples, translated down', () => {
  it('are all there', () => expect(examples).toHaveLength(129));

  it.each(older)('are valid in %s, or refused by a named rule', (to) => {
    const counts = { valid: 0, refused: 0, lossy: 0 };
    const faults: string[] = [];
    const refusals: Record<string, string> = {};
    for (const { definition, name, value } of examples) {
      const outcome = translated(definition, value, to);
      if ('refused' in outcome) {
        counts.refused += 1;
        refusals[name] = outcome.refused;
        continue;
      }
      counts.valid += 1;
      if (outcome.isLossy) counts.lossy += 1;
      faults.push(...outcome.faults.map((fault) => `${name}: ${fault}`));
    }
    process.stderr.write(
      `official examples in ${to}: ${counts.valid} translated (${counts.lossy} with a ledger), ${counts.refused} refused\n`,
    );
    expect(faults).toEqual([]);
    expect(refusals).toEqual(refusedIn(to));
  });
});

interface Outcome {
  faults: string[];
  isLossy: boolean;
}

function translated(definition: string, value: JsonObject, to: ProtocolRevision): Outcome | { refused: string } {
  try {
    if (definition === 'ClientCapabilities') return client({ [metaKeys.clientCapabilities]: value }, to);
    if (definition === 'DiscoverRequest') return client((value['params'] as JsonObject)['_meta'] as JsonObject, to);
    if (definition === 'ServerCapabilities') return server({ supportedVersions: [], capabilities: value }, to);
    if (definition === 'DiscoverResult') return server(value, to);
    if (definition === 'DiscoverResultResponse') return server(value['result'] as JsonObject, to);
    const messages = carried(definition, value);
    expect(messages).not.toEqual([]);
    const outcomes = messages.map(({ body, sender, method }) => {
      const translation = translate(body, { from: '2026-07-28', to, sender, ...(method && { method }) });
      return { fault: faultOf(to, translation.message, method), isLossy: ledgerOf(translation) !== undefined };
    });
    return {
      faults: outcomes.flatMap(({ fault }) => (fault ? [`${fault.pointer} ${fault.message}`] : [])),
      isLossy: outcomes.some(({ isLossy }) => isLossy),
    };
  } catch (error) {
    if (error instanceof Untranslatable) return { refused: error.rule };
    throw error;
  }
}

function client(requestMeta: JsonObject, to: ProtocolRevision): Outcome {
  const params = initializeParamsOf(requestMeta, to);
  const fault = faultOf(to, { method: 'initialize', params });
  return { faults: fault ? [`${fault.pointer} ${fault.message}`] : [], isLossy: false };
}

function server(discover: JsonObject, to: ProtocolRevision): Outcome {
  const translation = initializeResultOf(discover, to);
  const fault = faultOf(to, translation.message, 'initialize');
  return { faults: fault ? [`${fault.pointer} ${fault.message}`] : [], isLossy: ledgerOf(translation) !== undefined };
}
