import { capabilities } from '@scm/contracts';

const semver = '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$';
const hostLabel = '^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$';

const closed = (properties: Record<string, unknown>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const open = { type: 'object' };
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
/** An expression or a template with expressions. */
const projection = { type: ['string', 'object'] };
const labels = { type: 'object', additionalProperties: { type: 'string', maxLength: 4_096 }, maxProperties: 64 };

const retry = closed({
  maxAttempts: { type: 'integer', minimum: 1, maximum: 100 },
  initialMs: { type: 'integer', minimum: 1, maximum: 86_400_000 },
  maxMs: { type: 'integer', minimum: 1, maximum: 86_400_000 },
  factor: { type: 'number', minimum: 1, maximum: 10 },
});

const task = closed(
  {
    call: { type: 'string', enum: [...capabilities] },
    with: open,
    input: closed({ from: projection }),
    output: closed({ as: projection }),
    export: closed({ as: projection }),
    timeout: closed({ after: { type: ['string', 'object'] } }, ['after']),
    metadata: { type: 'object', properties: { scm: closed({ retry }) } },
  },
  ['call', 'with'],
);

/** Starts the workflow when an alert fires: `subject` is the alert's name, `data.labels` are labels it must have. */
const alertFilter = closed(
  {
    type: { const: 'scm.alert.fired' },
    subject: text(128),
    data: closed({ alertName: text(128), labels }),
  },
  ['type'],
);

/** The part of the Open Workflow Specification 1.0 that is executed; whatever else a document has is refused. */
export const documentSchema = closed(
  {
    document: closed(
      {
        dsl: { type: 'string', pattern: '^1\\.0\\.\\d+$' },
        namespace: { type: 'string', pattern: hostLabel },
        name: { type: 'string', pattern: hostLabel },
        version: { type: 'string', pattern: semver, maxLength: 64 },
        title: text(256),
        summary: text(4_096),
        tags: open,
        metadata: open,
      },
      ['dsl', 'namespace', 'name', 'version'],
    ),
    input: closed({ from: projection }),
    output: closed({ as: projection }),
    schedule: closed({ on: closed({ one: closed({ with: alertFilter }, ['with']) }, ['one']) }, ['on']),
    do: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: {
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        propertyNames: { minLength: 1, maxLength: 256 },
        additionalProperties: task,
      },
    },
  },
  ['document', 'do'],
);
