/* oxlint-disable unicorn/no-thenable -- `then` is a word of the language and of JSON Schema */
import {
  anything,
  authentication,
  authenticationPolicy,
  boolean,
  closed,
  consumption,
  duration,
  endpoint,
  errorDefinition,
  eventProperties,
  exported,
  input,
  listOf,
  object,
  oneOf,
  output,
  resource,
  retryPolicy,
  taskList,
  text,
  texts,
  timeout,
  type Schema,
} from './schema.terms.js';

const semver =
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$';
const hostLabel: Schema = { type: 'string', pattern: '^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$' };
const version: Schema = { type: 'string', pattern: semver, maxLength: 64 };

const key = { type: 'string', minLength: 1, maxLength: 4_096 } satisfies Schema;
const queueing = {
  priority: { type: 'integer', minimum: 1, maximum: 5 },
  concurrency: closed({ key, limit: { type: 'integer', minimum: 1, maximum: 10_000 } }, ['limit']),
  rateLimit: closed({ key, limit: { type: 'integer', minimum: 1, maximum: 1_000_000 }, period: duration }, [
    'limit',
    'period',
  ]),
} satisfies Record<string, Schema>;

const extension = closed({ extend: text, when: text, before: taskList, after: taskList }, ['extend']);

/** `metadata.scm` of a document. */
const documentOptions = closed({
  ...queueing,
  timeZone: text,
  attributes: {
    type: 'object',
    maxProperties: 16,
    propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' },
    additionalProperties: text,
  },
});

/** A document but for its tasks. */
export const workflowSchema: Schema = closed(
  {
    document: closed(
      {
        dsl: { type: 'string', pattern: '^1\\.0\\.\\d+(-[0-9A-Za-z.-]+)?$' },
        namespace: hostLabel,
        name: hostLabel,
        version,
        title: text,
        summary: text,
        tags: object,
        metadata: { type: 'object', properties: { scm: documentOptions } },
      },
      ['dsl', 'namespace', 'name', 'version'],
    ),
    input,
    use: closed({
      authentications: { type: 'object', additionalProperties: authenticationPolicy },
      errors: { type: 'object', additionalProperties: errorDefinition },
      extensions: listOf({ type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: extension }),
      functions: { type: 'object', additionalProperties: object },
      retries: { type: 'object', additionalProperties: retryPolicy },
      secrets: listOf(text),
      timeouts: { type: 'object', additionalProperties: closed({ after: duration }, ['after']) },
      catalogs: { type: 'object', additionalProperties: closed({ endpoint }, ['endpoint']) },
    }),
    do: { ...taskList, minItems: 1 },
    timeout,
    output,
    schedule: {
      ...closed({
        every: duration,
        cron: text,
        after: duration,
        on: consumption,
        read: oneOf('data', 'envelope', 'raw'),
      }),
      dependentRequired: { read: ['on'] },
    },
    evaluate: closed({ language: text, mode: oneOf('strict', 'loose') }),
    metadata: object,
  },
  ['document', 'do'],
);

const retry = closed({
  maxAttempts: { type: 'integer', minimum: 1, maximum: 100 },
  initialMs: { type: 'integer', minimum: 1, maximum: 86_400_000 },
  maxMs: { type: 'integer', minimum: 1, maximum: 86_400_000 },
  factor: { type: 'number', minimum: 1, maximum: 10 },
});
const approval = closed({ form: object, assignees: listOf(text), deadline: duration });
const cost: Schema = { type: 'integer', minimum: 1, maximum: 256 };
const limits = closed({
  cpuMs: { type: 'integer', minimum: 10, maximum: 600_000 },
  memoryMib: { type: 'integer', minimum: 16, maximum: 4_096 },
  payloadBytes: { type: 'integer', minimum: 1, maximum: 1_048_576 },
});
const options = closed({
  retry,
  compensate: object,
  approval,
  effect: oneOf('plain', 'ledger', 'transactional'),
  cost,
  limits,
  ...queueing,
});

const base: Record<string, Schema> = {
  if: text,
  input,
  output,
  export: exported,
  timeout,
  then: text,
  metadata: { type: 'object', properties: { scm: options } },
};
const task = (properties: Record<string, Schema>, required: string[]): Schema =>
  closed({ ...base, ...properties }, required);

const format = oneOf('raw', 'content', 'response');
const iterator = closed({ item: text, at: text, do: taskList, output, export: exported });
const headers: Schema = { oneOf: [texts, text] };

/** What `with` is, by what is called; any other call is of a function. */
const callArguments: Record<string, Schema> = {
  http: closed(
    {
      method: text,
      endpoint,
      headers,
      body: anything,
      query: { type: ['object', 'string'] },
      output: format,
      redirect: boolean,
    },
    ['method', 'endpoint'],
  ),
  openapi: closed(
    { document: resource, operationId: text, parameters: object, authentication, output: format, redirect: boolean },
    ['document', 'operationId'],
  ),
  grpc: closed(
    {
      proto: resource,
      service: closed(
        { name: text, host: text, port: { type: 'integer', minimum: 0, maximum: 65_535 }, authentication },
        ['name', 'host'],
      ),
      method: text,
      arguments: object,
    },
    ['proto', 'service', 'method'],
  ),
  asyncapi: closed({
    document: resource,
    channel: text,
    operation: text,
    server: closed({ name: text, variables: object }, ['name']),
    protocol: text,
    message: object,
    subscription: closed({ filter: text, consume: object, foreach: iterator }, ['consume']),
    authentication,
  }),
  a2a: closed({ agentCard: resource, server: endpoint, method: text, parameters: { type: ['object', 'string'] } }, [
    'method',
  ]),
  mcp: {
    type: 'object',
    properties: {
      protocolVersion: text,
      method: oneOf(
        'tools/list',
        'tools/call',
        'prompts/list',
        'prompts/get',
        'resources/list',
        'resources/read',
        'resources/templates/list',
      ),
      parameters: { type: ['object', 'string'] },
      timeout: duration,
      transport: object,
      client: object,
    },
    required: ['method', 'transport'],
  },
};

const process = { stdin: text, arguments: listOf({ type: 'string' }), environment: object };
const lifetime: Schema = {
  ...closed({ cleanup: oneOf('always', 'never', 'eventually'), after: duration }, ['cleanup']),
  if: { properties: { cleanup: { const: 'eventually' } } },
  then: { required: ['after'] },
  else: { not: { required: ['after'] } },
};
const runs = {
  container: closed(
    {
      image: text,
      name: text,
      command: text,
      ports: object,
      volumes: object,
      ...process,
      lifetime,
      pullPolicy: oneOf('ifNotPresent', 'always', 'never'),
    },
    ['image'],
  ),
  script: {
    ...closed({ language: text, code: text, source: resource, ...process }, ['language']),
    oneOf: [{ required: ['code'] }, { required: ['source'] }],
  },
  shell: closed({ command: text, ...process }, ['command']),
  workflow: closed({ namespace: text, name: text, version: text, input: anything }, ['namespace', 'name', 'version']),
};

const catching = closed({
  errors: closed({
    with: {
      ...closed({ type: text, status: { type: 'integer' }, instance: text, title: text, detail: text, details: text }),
      minProperties: 1,
    },
  }),
  as: text,
  when: text,
  exceptWhen: text,
  retry: { oneOf: [text, retryPolicy] },
  do: taskList,
  then: text,
});

const cases = listOf({
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: closed({ when: text, then: text }, ['then']),
});

/** Schemas of tasks by their kind. */
export const taskSchemas = {
  set: task({ set: { oneOf: [{ type: 'object', minProperties: 1 }, text] } }, ['set']),
  switch: task({ switch: { ...cases, minItems: 1 } }, ['switch']),
  raise: task({ raise: closed({ error: { oneOf: [errorDefinition, text] } }, ['error']) }, ['raise']),
  emit: task(
    {
      emit: closed({ event: { type: 'object', properties: { with: { ...eventProperties, required: ['type'] } } } }, [
        'event',
      ]),
    },
    ['emit'],
  ),
  do: task({ do: taskList }, ['do']),
  for: task(
    { for: closed({ each: text, in: { type: ['string', 'array'] }, at: text }, ['in']), while: text, do: taskList },
    ['for', 'do'],
  ),
  fork: task({ fork: closed({ branches: taskList, compete: boolean }, ['branches']) }, ['fork']),
  try: task({ try: taskList, catch: catching }, ['try', 'catch']),
  wait: task({ wait: duration }, ['wait']),
  listen: task(
    { listen: closed({ to: consumption, read: oneOf('data', 'envelope', 'raw') }, ['to']), foreach: iterator },
    ['listen'],
  ),
  run: task(
    {
      run: {
        ...closed({ await: boolean, return: oneOf('stdout', 'stderr', 'code', 'all', 'none'), ...runs }),
        oneOf: Object.keys(runs).map((name) => ({ required: [name] })),
      },
    },
    ['run'],
  ),
} as const;

/** The schema of a call, by what is called. */
export function callSchema(name: string): Schema {
  const own = callArguments[name];
  return task({ call: text, with: own ?? object }, own ? ['call', 'with'] : ['call']);
}

export const callNames = Object.keys(callArguments);
