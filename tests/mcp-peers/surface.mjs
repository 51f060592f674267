/** What every upstream of the matrix has, as far as its revision knows of it. */

export const pixelPng =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const silentWav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

export const resources = [
  {
    uri: 'peer://note',
    name: 'note',
    mimeType: 'text/plain',
    contents: { uri: 'peer://note', mimeType: 'text/plain', text: 'a note' },
  },
  {
    uri: 'peer://pixel',
    name: 'pixel',
    mimeType: 'image/png',
    contents: { uri: 'peer://pixel', mimeType: 'image/png', blob: pixelPng },
  },
];

export const listedResources = resources.map(({ uri, name, mimeType }) => ({ uri, name, mimeType }));

export const templates = [{ uriTemplate: 'peer://notes/{id}', name: 'notes', mimeType: 'text/plain' }];

export const prompts = [{ name: 'greet', description: 'Greets', arguments: [{ name: 'who', required: true }] }];

export const described = ({ name, description, arguments: args }) => ({ name, description, arguments: args });

const nothing = { type: 'object', properties: {} };

/** The tools of a server of that revision. */
export function toolsOf(revision) {
  return [
    { name: 'echo', inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } },
    ...['fail', 'rich', 'count', 'log', 'touch', 'ask-model', 'ask-roots'].map((name) => ({
      name,
      inputSchema: nothing,
    })),
    ...(revision < '2025-06-18' ? [] : newerTools),
  ].map((tool) => ({
    description: `does ${tool.name}`,
    ...tool,
    ...(revision >= '2025-03-26' && { annotations: { readOnlyHint: true } }),
    ...(revision >= '2025-06-18' && { title: `Tool ${tool.name}` }),
    ...(revision >= '2025-11-25' && { icons: [{ src: `data:image/png;base64,${pixelPng}`, mimeType: 'image/png' }] }),
  }));
}

const newerTools = [
  { name: 'ask-user', inputSchema: nothing },
  {
    name: 'structured',
    inputSchema: nothing,
    outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
  },
];

/** A block of every kind that the revision has. */
export function richContent(revision) {
  return [
    { type: 'text', text: 'rich' },
    { type: 'image', data: pixelPng, mimeType: 'image/png' },
    { type: 'resource', resource: resources[0].contents },
    ...(revision < '2025-03-26' ? [] : [{ type: 'audio', data: silentWav, mimeType: 'audio/wav' }]),
    ...(revision < '2025-06-18'
      ? []
      : [{ type: 'resource_link', uri: 'peer://note', name: 'note', title: 'The note' }]),
  ];
}
