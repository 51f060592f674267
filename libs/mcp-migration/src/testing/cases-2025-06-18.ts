import { of, type Case } from './case.js';

const plain = { name: 't', inputSchema: { type: 'object' } };
const tools = (...items: object[]) => ({ result: { tools: items } });
const content = (...blocks: object[]) => ({ result: { content: blocks } });
const text = (value: string) => ({ type: 'text', text: value });
const link = { type: 'resource_link', uri: 'scm://x', name: 'x' };

const list = { method: 'tools/list' };
const call = { method: 'tools/call' };
const structured = of('2025-06-18/structured-content', 'down', 'emulated', call);
const title = of('2025-06-18/tool-title', 'down', 'emulated', list);
const named = of('2025-06-18/titles', 'down', 'lossy');
const version = (protocolVersion: string) => ({ method: 'initialize', params: { protocolVersion } });

export const casesOf0618: Case[] = [
  of('2025-06-18/protocol-version', 'up', 'lossless')(version('2025-03-26'), version('2025-06-18')),
  of('2025-06-18/protocol-version', 'down', 'lossless')(version('2025-06-18'), version('2025-03-26')),
  of('2025-06-18/elicitation', 'down', undefined)({ method: 'elicitation/create', params: { message: 'm' } }, -32601),
  of('2025-06-18/elicitation-capability', 'down', 'lossy', { sender: 'client' })(
    { method: 'initialize', params: { capabilities: { elicitation: {}, roots: {} } } },
    { method: 'initialize', params: { capabilities: { roots: {} } } },
  ),
  of(
    '2025-06-18/output-schema',
    'down',
    'lossy',
    list,
  )(tools({ ...plain, outputSchema: { type: 'object' } }), tools(plain)),
  structured({ result: { content: [], structuredContent: { a: 1 } } }, content(text('{"a":1}'))),
  structured({ result: { content: [text('{ "a": 1 }')], structuredContent: { a: 1 } } }, content(text('{ "a": 1 }'))),
  structured({ result: { content: [text('[1, 2]')], structuredContent: { result: [1, 2] } } }, content(text('[1, 2]'))),
  structured({ result: { content: [text('{no json')], structuredContent: {} } }, content(text('{no json'), text('{}'))),
  of('2025-06-18/resource-link', 'down', 'lossy', call)(content(link), content(text('[x](scm://x)'))),
  of(
    '2025-06-18/resource-link',
    'down',
    'lossy',
    call,
  )(
    content({ ...link, title: 'X', description: 'what it is', mimeType: 'text/plain', size: 3, _meta: { a: 1 } }),
    content({ ...text('[X](scm://x) — what it is (text/plain, 3 bytes)'), _meta: { a: 1 } }),
  ),
  title(tools({ ...plain, title: 'T' }), tools({ ...plain, annotations: { title: 'T' } })),
  title(
    tools({ ...plain, title: 'T', annotations: { title: 'T' } }),
    tools({ ...plain, annotations: { title: 'T' } }),
    { class: 'lossless' },
  ),
  title(
    tools({ ...plain, title: 'T', annotations: { title: 'U' } }),
    tools({ ...plain, annotations: { title: 'U' } }),
    { class: 'lossy' },
  ),
  named(
    { result: { resources: [{ uri: 'a', name: 'n', title: 'T' }] } },
    { result: { resources: [{ uri: 'a', name: 'n' }] } },
    { method: 'resources/list' },
  ),
  named(
    { result: { prompts: [{ name: 'n', title: 'T', arguments: [{ name: 'a', title: 'A' }] }] } },
    { result: { prompts: [{ name: 'n', arguments: [{ name: 'a' }] }] } },
    { method: 'prompts/list' },
  ),
  of(
    '2025-06-18/last-modified',
    'down',
    'lossy',
    call,
  )(
    content({ ...text('t'), annotations: { priority: 1, lastModified: '2026-01-01' } }),
    content({ ...text('t'), annotations: { priority: 1 } }),
  ),
  of(
    '2025-06-18/nested-meta',
    'down',
    undefined,
    list,
  )(tools({ ...plain, _meta: { a: 1 } }), tools({ ...plain, _meta: { a: 1 } })),
  of('2025-06-18/nested-meta', 'down', 'lossy', { ...list, context: { isStrict: true } })(
    tools({ ...plain, _meta: { a: 1 } }),
    tools(plain),
  ),
  of('2025-06-18/completion-context', 'down', 'lossy', { sender: 'client' })(
    { method: 'completion/complete', params: { ref: {}, argument: {}, context: { arguments: {} } } },
    { method: 'completion/complete', params: { ref: {}, argument: {} } },
  ),
];
