import { features, methodsOf, protocolRevisions } from '@scm/mcp-messages';
import { code, page } from './markdown.mjs';
import { rulesBetween } from './mcp-rules.mjs';

const pairs = protocolRevisions.flatMap((older, index) =>
  protocolRevisions.slice(index + 1).map((newer) => [older, newer]),
);

/** For each two revisions: what came and went between them, and what is not passed on as it is. */
export function mcpMigration() {
  return page(
    'From one revision of MCP to another',
    'For each two revisions: what the newer one has and no longer has, and what a peer of one misses when it speaks to a peer of the other through SCM. Transports and credentials are left out; with all rules they are on the page on [compatibility](mcp-compatibility.md).',
    ...pairs.flatMap(([older, newer]) => [
      `## ${older} to ${newer}`,
      ...changesBetween(older, newer),
      `### A ${older} peer tells a ${newer} peer`,
      losses(older, newer),
      `### A ${newer} peer tells a ${older} peer`,
      losses(newer, older),
    ]),
  );
}

function changesBetween(older, newer) {
  const before = methodsOf(older);
  const after = methodsOf(newer);
  const came = Object.values(features).filter(({ since }) => since > older && since <= newer);
  const went = Object.values(features).filter(({ since, end }) => end && end > older && end <= newer && since <= older);
  return [
    list('New methods', after.filter((name) => !before.includes(name)).map(code)),
    list('Methods that are gone', before.filter((name) => !after.includes(name)).map(code)),
    list(
      'New',
      came.map(({ title, end }) => (end && end <= newer ? `${title} (gone again in ${end})` : title)),
    ),
    list(
      'Gone',
      went.map(({ title }) => title),
    ),
  ].filter(Boolean);
}

function list(title, items) {
  return items.length > 0 ? `${title}: ${items.join('; ')}.` : '';
}

const words = { lossy: 'Lost', emulated: 'In another form', refused: 'Left to the bridge, or not told' };

function losses(from, to) {
  const found = rulesBetween(from, to).filter(
    ({ kind, effect }) => ['message', 'bridge'].includes(kind) && effect.class in words,
  );
  if (found.length === 0) return 'Everything, as it is.';
  return Object.entries(words)
    .map(([name, word]) => ({ word, some: found.filter(({ effect }) => effect.class === name) }))
    .filter(({ some }) => some.length > 0)
    .map(({ word, some }) =>
      [`${word}:`, '', ...some.map(({ id, title, effect }) => `- ${title}. ${effect.does} ${code(id)}`)].join('\n'),
    )
    .join('\n\n');
}
