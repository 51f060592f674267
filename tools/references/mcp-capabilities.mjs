import {
  capabilityFor,
  clientCapabilities,
  methodIn,
  methods,
  protocolRevisions,
  serverCapabilities,
} from '@scm/mcp-messages';
import { rules } from '@scm/mcp-migration';
import { code, page, table } from './markdown.mjs';
import { effectText } from './mcp-rules.mjs';

/** What peers declare, by revision, what it allows, and what becomes of it in another revision. */
export function mcpCapabilities() {
  return page(
    'Capabilities of the Model Context Protocol',
    'Up to 2025-11-25 both peers declare what they can do when a session is opened; since 2026-07-28 the client says it with every request, and the server when it is asked by `server/discover`. What is not declared is not used.',
    '## Of the client',
    membersTable(clientCapabilities),
    '## Of the server',
    membersTable(serverCapabilities),
    '## What they allow',
    table(
      ['capability', 'declared by', 'methods'],
      [...byCapability()].map(([capability, names]) => [
        ...capability.split(' of the ').map((part, n) => (n === 0 ? code(part) : part)),
        names.map(code).join(', '),
      ]),
    ),
    'Parameters may need more of the client: tools in sampling `sampling.tools`, a context there `sampling.context`, a form `elicitation.form`, an address `elicitation.url`. An empty `elicitation` means forms.',
    '## In another revision',
    'What becomes of capabilities between neighbours; “up” is from the older revision to the newer one.',
    table(
      ['rule', 'capability', 'up', 'down'],
      rules
        .filter(({ changes }) => changes.some(({ at }) => at.some(({ path }) => path.at(-1) === 'capabilities')))
        .map((rule) => [code(rule.id), rule.title, effectText(rule.up), effectText(rule.down)]),
    ),
  );
}

function membersTable(model) {
  const rows = [...pathsOf(model)].map((path) => [
    code(path.join('.')),
    ...protocolRevisions.map((revision) => (isIn(model, path, revision) ? 'yes' : '–')),
  ]);
  return table(['capability', ...protocolRevisions.map(code)], rows);
}

function* pathsOf(model, path = [], seen = new Set()) {
  for (const revision of protocolRevisions) {
    const part = partIn(model, revision);
    for (const [key, member] of Object.entries(part?.kind === 'object' ? part.fields : {})) {
      const below = [...path, key];
      if (!seen.has(below.join('.'))) {
        seen.add(below.join('.'));
        yield below;
      }
      const here = partIn(member, revision);
      if (here) yield* pathsOf(here, below, seen);
    }
  }
}

function isIn(model, path, revision) {
  let part = partIn(model, revision);
  for (const key of path)
    part = part?.kind === 'object' && part.fields[key] ? partIn(part.fields[key], revision) : undefined;
  return part !== undefined;
}

/** What a part of a model is in a revision; undefined where it is not there. */
function partIn(part, revision) {
  if (part.kind === 'optional') return partIn(part.of, revision);
  if (part.kind === 'gone') return undefined;
  if (part.kind !== 'varying') return part;
  const last = protocolRevisions.findLast((one) => one <= revision && one in part.entries);
  return last && partIn(part.entries[last], revision);
}

function byCapability() {
  const found = new Map();
  for (const name of Object.keys(methods)) {
    const revision = protocolRevisions.findLast((one) => methodIn(one, name));
    for (const sender of methods[name].senders) {
      const needed = capabilityFor(revision, methods[name], sender);
      if (!needed) continue;
      const key = `${needed.path} of the ${needed.declaredBy}`;
      found.set(key, [...new Set([...(found.get(key) ?? []), name])]);
    }
  }
  return found;
}
