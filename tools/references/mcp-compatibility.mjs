import { protocolRevisions } from '@scm/mcp-messages';
import { ledgerKey, ruleClasses, rules } from '@scm/mcp-migration';
import { code, page, table } from './markdown.mjs';
import { affected, classMeanings, countByClass, effectText, rulesBetween } from './mcp-rules.mjs';

/** Every pair of revisions, and every rule between neighbours. */
export function mcpCompatibility() {
  return page(
    'Compatibility of the revisions of MCP',
    `A peer of any revision is understood by one of any other: its messages go through the rules between the two, a pair of neighbours after the other. The canonical form is \`${protocolRevisions.at(-1)}\`. What a rule drops or puts in another form is named in \`_meta["${ledgerKey}"]\` of results: \`{ from, to, dropped, emulated }\`, each entry with its \`path\` (\`*\` for the items of a list, \`count\` for how many), \`reason\` and \`rule\`.`,
    'See also the [guide for each pair](mcp-migration.md), the [errors](mcp-errors.md), the [capabilities](mcp-capabilities.md) and the [messages](mcp-messages.md).',
    '## Classes',
    table(
      ['class', 'meaning'],
      ruleClasses.map((name) => [code(name), classMeanings[name]]),
    ),
    '## Every pair',
    'How many rules about messages there are from the revision of the row to that of the column, by the worst that can come of them.',
    table(
      ['from \\ to', ...protocolRevisions.map(code)],
      protocolRevisions.map((from) => [code(from), ...protocolRevisions.map((to) => overview(from, to))]),
    ),
    ...protocolRevisions.slice(1).flatMap(pairSection),
  );
}

function overview(from, to) {
  if (from === to) return 'the same';
  return countByClass(rulesBetween(from, to).filter(({ changes }) => changes.length > 0)) || 'as it is';
}

function pairSection(newer) {
  const of = (kind) => rules.filter((rule) => rule.between[1] === newer && rule.kind === kind);
  const [{ between }] = rules.filter((rule) => rule.between[1] === newer);
  const beyond = ['bridge', 'transport', 'auth'].flatMap(of);
  return [
    `## ${between[0]} and ${newer}`,
    '“Up” is a message of the older peer shown to the newer one, “down” the other way.',
    ruleTable(['rule', 'difference', 'up', 'down', 'where'], of('message'), affected),
    `### Beyond messages, ${between[0]} and ${newer}`,
    'Kept by the transports, by the door that proves who calls, and by the bridge, which has state.',
    ruleTable(['rule', 'difference', 'up', 'down', 'kept by'], beyond, ({ kind }) => kind),
  ];
}

function ruleTable(head, list, last) {
  const rows = list.map((rule) => [code(rule.id), rule.title, effectText(rule.up), effectText(rule.down), last(rule)]);
  return table(head, rows);
}
