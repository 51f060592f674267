import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { skipUnless } from '@scm/testing';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  checkMirroredHeaders,
  errorCodes,
  metaKeys,
  mirrorHeaders,
  parseMessage,
  ProtocolError,
  protocolRevisions,
  readRequestMeta,
  type CallToolRequest,
  type CallToolResult,
  type DiscoverRequest,
  type DiscoverResult,
  type InitializedNotification,
  type InitializeRequest,
  type InitializeResult,
  type InputRequiredResult,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type ListToolsRequest,
  type ListToolsResult,
  type PingRequest,
  type ProtocolRevision,
  type ReadResourceRequest,
  type ReadResourceResult,
  type RequestMeta,
  type ResourceUpdatedNotification,
  type SubscriptionsAcknowledgedNotification,
  type SubscriptionsListenRequest,
  type SubscriptionsListenResult,
  type ToolListChangedNotification,
} from './index.js';

const folder = path.join(import.meta.dirname, '../../../../shared/mcp-schema');
const isThere = existsSync(folder);
// Without the schemas there is nothing to compare with: the one test below then counts as skipped.
const official = isThere ? describe : (): void => undefined;
skipUnless(isThere, 'the official MCP schemas are not beside this clone')('the official schemas are there', () => {
  expect(readdirSync(folder)).toEqual(expect.arrayContaining([...protocolRevisions]));
});

const readJson = (...parts: string[]): unknown =>
  JSON.parse(readFileSync(path.join(folder, ...parts), 'utf8')) as unknown;

type Validate = (value: unknown) => string;
const compiled = new Map<string, Validate>();
/** Says what the official schema of one definition finds wrong: '' for nothing. */
function officially(revision: ProtocolRevision, definition: string): Validate {
  const id = `${revision}#${definition}`;
  const validate = compiled.get(id) ?? compile(revision, definition);
  compiled.set(id, validate);
  return validate;
}

function compile(revision: ProtocolRevision, definition: string): Validate {
  const schema = readJson(revision, 'schema.json') as { $defs?: object };
  const options = { strict: false, formats: { byte: true, uri: true, 'uri-template': true } as const };
  const ajv = schema.$defs ? new Ajv2020(options) : new Ajv(options);
  ajv.addSchema(schema, 'mcp');
  const check = ajv.compile({ $ref: `mcp#/${schema.$defs ? '$defs' : 'definitions'}/${definition}` });
  return (value) => (check(value) ? '' : ajv.errorsText(check.errors));
}

const _meta: RequestMeta = {
  [metaKeys.protocolVersion]: '2026-07-28',
  [metaKeys.clientCapabilities]: { elicitation: { form: {} }, extensions: {} },
  [metaKeys.clientInfo]: {
    name: 'scm',
    version: '1.0.0',
    title: 'SCM',
    icons: [{ src: 'https://x.test/i.png', theme: 'dark' }],
  },
  [metaKeys.logLevel]: 'warning',
  progressToken: 'p',
};
const complete = { resultType: 'complete', _meta: { [metaKeys.serverInfo]: { name: 'scm', version: '1' } } } as const;
const cached = { ...complete, ttlMs: 0, cacheScope: 'private' } as const;
const envelope = { jsonrpc: '2.0', id: 1 } as const;
const annotations = { audience: ['user' as const], priority: 0.5, lastModified: '2026-01-01T00:00:00Z' };

// One value of each model of 2026-07-28, with every optional member that the model has.
const models = {
  DiscoverRequest: { ...envelope, method: 'server/discover', params: { _meta } } satisfies DiscoverRequest,
  DiscoverResult: {
    ...cached,
    supportedVersions: [...protocolRevisions],
    capabilities: { tools: { listChanged: true }, resources: { subscribe: true, listChanged: true }, logging: {} },
    instructions: 'Ask system_overview first.',
  } satisfies DiscoverResult,
  ListToolsRequest: { ...envelope, method: 'tools/list', params: { _meta, cursor: 'c' } } satisfies ListToolsRequest,
  ListToolsResult: {
    ...cached,
    nextCursor: 'c',
    tools: [
      {
        name: 't',
        title: 'T',
        description: 'd',
        inputSchema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
        outputSchema: { type: 'array' },
        annotations: {
          title: 'T',
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        },
      },
    ],
  } satisfies ListToolsResult,
  CallToolRequest: {
    ...envelope,
    method: 'tools/call',
    params: { _meta, name: 't', arguments: { a: 1 }, inputResponses: { q: { action: 'cancel' } }, requestState: 's' },
  } satisfies CallToolRequest,
  CallToolResult: {
    ...complete,
    content: [
      { type: 'text', text: 'x', annotations },
      { type: 'image', data: 'eA==', mimeType: 'image/png' },
      { type: 'audio', data: 'eA==', mimeType: 'audio/wav' },
      {
        type: 'resource_link',
        uri: 'scm://x',
        name: 'x',
        title: 'X',
        description: 'd',
        mimeType: 'text/plain',
        size: 3,
      },
      { type: 'resource', resource: { uri: 'scm://x', text: 'x' } },
      { type: 'resource', resource: { uri: 'scm://x', blob: 'eA==', mimeType: 'image/png' } },
    ],
    structuredContent: [1, 2],
    isError: false,
  } satisfies CallToolResult,
  InputRequiredResult: {
    resultType: 'input_required',
    inputRequests: { roots: { method: 'roots/list' } },
    requestState: 's',
  } satisfies InputRequiredResult,
  ListResourcesResult: {
    ...cached,
    resources: [
      { uri: 'scm://x', name: 'x', title: 'X', description: 'd', mimeType: 'text/plain', size: 1, annotations },
    ],
  } satisfies ListResourcesResult,
  ListResourceTemplatesResult: {
    ...cached,
    resourceTemplates: [{ uriTemplate: 'scm://{x}', name: 'x', mimeType: 'application/json', annotations }],
  } satisfies ListResourceTemplatesResult,
  ReadResourceRequest: {
    ...envelope,
    method: 'resources/read',
    params: { _meta, uri: 'scm://x' },
  } satisfies ReadResourceRequest,
  ReadResourceResult: {
    ...cached,
    contents: [{ uri: 'scm://x', text: '{}', mimeType: 'application/json' }],
  } satisfies ReadResourceResult,
  SubscriptionsListenRequest: {
    ...envelope,
    method: 'subscriptions/listen',
    params: { _meta, notifications: { toolsListChanged: true, resourceSubscriptions: ['scm://x'] } },
  } satisfies SubscriptionsListenRequest,
  SubscriptionsAcknowledgedNotification: {
    jsonrpc: '2.0',
    method: 'notifications/subscriptions/acknowledged',
    params: { _meta: { [metaKeys.subscriptionId]: 1 }, notifications: { toolsListChanged: true } },
  } satisfies SubscriptionsAcknowledgedNotification,
  SubscriptionsListenResult: {
    ...complete,
    _meta: { [metaKeys.subscriptionId]: 1 },
  } satisfies SubscriptionsListenResult,
  ResourceUpdatedNotification: {
    jsonrpc: '2.0',
    method: 'notifications/resources/updated',
    params: { uri: 'scm://x', _meta: { [metaKeys.subscriptionId]: 1 } },
  } satisfies ResourceUpdatedNotification,
  ToolListChangedNotification: {
    jsonrpc: '2.0',
    method: 'notifications/tools/list_changed',
  } satisfies ToolListChangedNotification,
};

official('the models of 2026-07-28', () => {
  it.each(Object.entries(models))('%s', (definition, value) => {
    expect(officially('2026-07-28', definition)(value)).toBe('');
  });
});

official('the errors of 2026-07-28', () => {
  it.each<[string, number, unknown]>([
    ['HeaderMismatchError', errorCodes.headerMismatch, undefined],
    [
      'MissingRequiredClientCapabilityError',
      errorCodes.missingRequiredClientCapability,
      { requiredCapabilities: { roots: {} } },
    ],
    [
      'UnsupportedProtocolVersionError',
      errorCodes.unsupportedProtocolVersion,
      { supported: protocolRevisions, requested: 'x' },
    ],
    ['JSONRPCErrorResponse', errorCodes.parseError, undefined],
  ])('%s', (definition, code, data) => {
    for (const id of [undefined, 1, 'a']) {
      const response = new ProtocolError(code, 'no', data, id).toResponse();
      expect(officially('2026-07-28', definition)(response)).toBe('');
    }
  });
});

const session = {
  InitializeRequest: (revision: string) =>
    ({
      ...envelope,
      method: 'initialize',
      params: {
        protocolVersion: revision,
        capabilities: { roots: { listChanged: true }, sampling: {} },
        clientInfo: { name: 'c', version: '1' },
      },
    }) satisfies InitializeRequest,
  InitializeResult: (revision: string) =>
    ({
      protocolVersion: revision,
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
      serverInfo: { name: 'scm', version: '1' },
      instructions: 'i',
    }) satisfies InitializeResult,
  InitializedNotification: () =>
    ({ jsonrpc: '2.0', method: 'notifications/initialized' }) satisfies InitializedNotification,
  PingRequest: () => ({ ...envelope, method: 'ping' }) satisfies PingRequest,
};

official('the models of a session', () => {
  const cases = protocolRevisions
    .filter((revision) => revision < '2026-07-28')
    .flatMap((revision) => Object.entries(session).map(([name, make]) => [revision, name, make(revision)] as const));
  it.each(cases)('%s %s', (revision, definition, value) => {
    expect(officially(revision, definition)(value)).toBe('');
  });
});

interface Example {
  name: string;
  value: Record<string, unknown>;
}

official('the official examples', () => {
  const root = path.join(folder, '2026-07-28/examples');
  const examples: Example[] = readdirSync(root).flatMap((definition) =>
    readdirSync(path.join(root, definition)).map((file) => ({
      name: `${definition}/${file}`,
      value: readJson('2026-07-28/examples', definition, file) as Record<string, unknown>,
    })),
  );
  const messages = examples.filter(({ value }) => 'jsonrpc' in value);
  // The requests that clients send: what a server asks back is embedded in a result and has no envelope of its own.
  const requests = messages.filter(({ value }) => 'method' in value && 'id' in value);

  it('are there', () => {
    expect([examples.length, messages.length, requests.length]).toEqual([129, 32, 10]);
  });

  it.each(messages)('$name is read without loss', ({ value }) => {
    expect(parseMessage(value)).toMatchObject({ message: value });
  });

  it.each(requests)('$name has its context and headers', ({ value }) => {
    const parsed = parseMessage(value);
    if (parsed.kind !== 'request') throw new Error('This is no request');
    expect(readRequestMeta(parsed.message)[metaKeys.protocolVersion]).toBe('2026-07-28');
    const headers = Object.entries(mirrorHeaders(parsed.message)).map(([name, text]) => [name.toLowerCase(), text]);
    checkMirroredHeaders(Object.fromEntries(headers) as Record<string, string>, parsed.message);
  });
});
