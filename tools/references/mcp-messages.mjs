import {
  capabilityFor,
  errorTable,
  features,
  hasFeature,
  isEmbedded,
  isStateless,
  methodIn,
  methods,
  methodsOf,
  protocolRevisions,
  sendersOf,
  tasksExtension,
} from '@scm/mcp-messages';
import { code, page, table } from './markdown.mjs';

/** What the revisions of MCP have, from the registry that judges their messages. */
export function mcpMessages() {
  return page(
    'Messages of the Model Context Protocol',
    'What each published revision has. Messages are judged by the revision they are sent in: members a revision does not know are kept and not judged, formats such as `uri` are hints.',
    '## Revisions',
    table(
      ['revision', 'context', 'requests', 'notifications'],
      protocolRevisions.map((revision) => [
        code(revision),
        isStateless(revision) ? 'each request carries it' : 'a session, opened by `initialize`',
        count(revision, 'request'),
        count(revision, 'notification'),
      ]),
    ),
    '## Requests',
    '`C` the client sends it, `S` the server; `in result` it has no message of its own, but stands in a result that asks for input. The capability is declared by whoever is named with it; parameters may need more: tools in sampling `sampling.tools`, a context there `sampling.context`, a form `elicitation.form`, an address `elicitation.url`, a task `tasks.requests` and its kind.',
    methodTable('request'),
    '## Notifications',
    methodTable('notification'),
    `## The extension ${tasksExtension.id}`,
    'For peers of 2026-07-28 that both declare it in `capabilities.extensions`; without that it is refused with -32021. A call of a tool may then be answered by a result of the type `task`, and `subscriptions/listen` may name `taskIds`.',
    table(
      ['method', 'kind', 'sent by'],
      Object.entries(tasksExtension.methods).map(([name, { kind, senders }]) => [code(name), kind, senders.join(', ')]),
    ),
    '## Error codes',
    table(
      ['code', 'name', 'revisions', 'meaning'],
      Object.entries(errorTable).map(([name, row]) => [code(row.code), code(name), span(row), row.meaning]),
    ),
    '## Features',
    table(
      ['feature', ...protocolRevisions.map(code)],
      Object.entries(features).map(([name, { title }]) => [
        title,
        ...protocolRevisions.map((revision) => (hasFeature(revision, name) ? 'yes' : '–')),
      ]),
    ),
  );
}

function methodTable(kind) {
  const rows = Object.keys(methods).filter((name) => methods[name].kind === kind);
  return table(
    ['method', ...protocolRevisions.map(code), 'capability'],
    rows.map((name) => [code(name), ...protocolRevisions.map((revision) => shown(revision, name)), needed(name)]),
  );
}

function shown(revision, name) {
  const method = methodIn(revision, name);
  if (!method) return '–';
  if (isEmbedded(revision, method)) return 'in result';
  return sendersOf(revision, method)
    .map((peer) => (peer === 'client' ? 'C' : 'S'))
    .join(' ');
}

function needed(name) {
  const { capability } = methods[name];
  if (!capability) return '–';
  const { declaredBy, path, since } = capability;
  const who = methods[name].senders.length > 1 ? declaredBy : capabilityFor('2026-07-28', methods[name]).declaredBy;
  return `${code(path)} of the ${who}${since ? `, since ${since}` : ''}`;
}

function count(revision, kind) {
  return String(methodsOf(revision).filter((name) => methods[name].kind === kind).length);
}

function span({ since, end }) {
  const last = protocolRevisions[protocolRevisions.indexOf(end) - 1];
  if (!end) return `since ${since}`;
  return last === since ? `only ${since}` : `${since} to ${last}`;
}
