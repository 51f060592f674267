/** The parts of JSON Schemas that those of the language are made of. */
export type Schema = Record<string, unknown>;

export const text: Schema = { type: 'string', minLength: 1, maxLength: 8_192 };
export const anything: Schema = {};
export const object: Schema = { type: 'object' };
export const boolean: Schema = { type: 'boolean' };
export const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };

export function closed(properties: Record<string, Schema>, required: string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

export function oneOf(...values: string[]): Schema {
  return { type: 'string', enum: values };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

const count: Schema = { type: 'integer', minimum: 0 };
export const expression: Schema = { type: 'string', pattern: '^\\s*\\$\\{[^]+\\}\\s*$' };
export const duration: Schema = {
  oneOf: [
    {
      ...closed({ days: count, hours: count, minutes: count, seconds: count, milliseconds: count }),
      minProperties: 1,
    },
    expression,
    {
      type: 'string',
      pattern:
        '^P(?!$)(\\d+(?:\\.\\d+)?Y)?(\\d+(?:\\.\\d+)?M)?(\\d+(?:\\.\\d+)?W)?(\\d+(?:\\.\\d+)?D)?(T(?=\\d)(\\d+(?:\\.\\d+)?H)?(\\d+(?:\\.\\d+)?M)?(\\d+(?:\\.\\d+)?S)?)?$',
    },
  ],
};
export const timeout: Schema = { oneOf: [text, closed({ after: duration }, ['after'])] };

/** A named list of tasks; its tasks are held against their own schemas one by one. */
export const taskList: Schema = {
  type: 'array',
  maxItems: 500,
  items: {
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    propertyNames: { minLength: 1, maxLength: 256 },
    additionalProperties: object,
  },
};

const credentials = (properties: Record<string, Schema>, required: string[]): Schema => ({
  oneOf: [closed(properties, required), closed({ use: text }, ['use'])],
});
const oauth2 = {
  authority: text,
  grant: oneOf(
    'authorization_code',
    'client_credentials',
    'password',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ),
  client: closed({ id: text, secret: text, assertion: text, authentication: text }),
  request: object,
  issuers: listOf(text),
  scopes: listOf(text),
  audiences: listOf(text),
  username: text,
  password: text,
  subject: closed({ token: text, type: text }, ['token', 'type']),
  actor: closed({ token: text, type: text }, ['token', 'type']),
};
const policies = {
  basic: credentials({ username: text, password: text }, ['username', 'password']),
  bearer: credentials({ token: text }, ['token']),
  digest: credentials({ username: text, password: text }, ['username', 'password']),
  oauth2: credentials({ ...oauth2, endpoints: object }, ['authority', 'grant']),
  oidc: credentials(oauth2, ['authority', 'grant']),
};
export const authenticationPolicy: Schema = { ...closed(policies), minProperties: 1, maxProperties: 1 };
export const authentication: Schema = { ...closed({ use: text, ...policies }), minProperties: 1, maxProperties: 1 };
export const endpoint: Schema = { oneOf: [text, closed({ uri: text, authentication }, ['uri'])] };
export const resource: Schema = closed({ name: text, endpoint }, ['endpoint']);

export const schemaDocument: Schema = {
  ...closed({ format: text, document: anything, resource }),
  oneOf: [{ required: ['document'] }, { required: ['resource'] }],
};
const projection: Schema = { type: ['string', 'object'] };
export const input: Schema = closed({ schema: schemaDocument, from: projection });
export const output: Schema = closed({ schema: schemaDocument, as: projection });
export const exported: Schema = closed({ schema: schemaDocument, as: projection });

export const errorDefinition: Schema = closed(
  { type: text, status: { type: 'integer' }, instance: text, title: text, detail: text },
  ['type', 'status'],
);
export const retryPolicy: Schema = closed({
  when: text,
  exceptWhen: text,
  delay: duration,
  backoff: {
    ...closed({ constant: object, exponential: object, linear: object }),
    minProperties: 1,
    maxProperties: 1,
  },
  limit: closed({ attempt: closed({ count, duration }), duration }),
  jitter: closed({ from: duration, to: duration }, ['from', 'to']),
});

/** Attributes of events: the known ones have their types, any other is an extension. */
export const eventProperties: Schema = {
  type: 'object',
  properties: {
    id: text,
    source: text,
    type: text,
    time: text,
    subject: text,
    datacontenttype: text,
    dataschema: text,
  },
};
export const eventFilter: Schema = closed(
  {
    with: { ...eventProperties, minProperties: 1 },
    correlate: { type: 'object', additionalProperties: closed({ from: text, expect: text }, ['from']) },
  },
  ['with'],
);
const strategy = (until: Schema): Schema => ({
  ...closed({ all: listOf(eventFilter), any: listOf(eventFilter), one: eventFilter, until }),
  oneOf: [{ required: ['all'] }, { required: ['any'] }, { required: ['one'] }],
});
export const consumption: Schema = strategy({ oneOf: [text, strategy({ not: {} })] });
