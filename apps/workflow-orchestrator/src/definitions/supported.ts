import type { FieldError } from '@scm/contracts';
import { escaped, planOf, type Node } from '../machine/plan.js';
import { ALERT_FIRED } from '../triggers/alert-filter.js';
import { timingFaults } from '../schedules/timing.js';
import type { ScheduleDocument, TaskDocument, WorkflowDocument } from './language.js';

/** What of a valid document cannot be executed here: it is refused when the document is stored, not when it runs. */
export function unsupportedIn(document: WorkflowDocument): FieldError[] {
  const { use = {}, evaluate, schedule } = document as WorkflowDocument & UnusedParts;
  const nodes = [...planOf(document).nodes.values()];
  return [
    ...(use.extensions?.length ? [fault('/use/extensions', 'extensions are not supported')] : []),
    ...(use.catalogs ? [fault('/use/catalogs', 'catalogs are not supported')] : []),
    ...(use.secrets?.length ? [fault('/use/secrets', 'secrets are not supported')] : []),
    ...Object.entries(use.authentications ?? {}).flatMap(([name, policy]) =>
      unsupportedPolicy(policy, `/use/authentications/${escaped(name)}`),
    ),
    ...(evaluate?.language && evaluate.language !== 'jq' ? [fault('/evaluate/language', 'must be jq')] : []),
    ...timingFaults(document),
    ...(schedule?.on ? unsupportedEvents(schedule) : []),
    ...unsupportedSchemas(document, ''),
    ...nodes.flatMap(unsupportedTask),
  ];
}

interface UnusedParts {
  use?: { extensions?: unknown[]; catalogs?: object };
  evaluate?: { language?: string };
}

function unsupportedEvents({ on, read }: ScheduleDocument): FieldError[] {
  if (!on?.one) return [fault('/schedule/on', 'one event is supported')];
  const { with: wanted, correlate } = on.one;
  const { type } = wanted;
  return [
    ...(read && read !== 'data' ? [fault('/schedule/read', 'must be data')] : []),
    ...(correlate ? [fault('/schedule/on/one/correlate', 'correlation needs more than one event')] : []),
    ...(typeof type === 'string' && !type.includes('${')
      ? []
      : [fault('/schedule/on/one/with/type', 'must be a type, and no expression')]),
    ...(type === ALERT_FIRED ? unsupportedAlert(wanted) : []),
  ];
}

/** Alerts are found by their name and labels alone. */
function unsupportedAlert({ subject, data, ...others }: Record<string, unknown>): FieldError[] {
  const at = '/schedule/on/one/with';
  const { alertName, labels, ...more } = (typeof data === 'object' && data ? data : {}) as Record<string, unknown>;
  const values = Object.entries((labels ?? {}) as object).map(([name, value]) => [
    `data/labels/${escaped(name)}`,
    value,
  ]);
  const texts = [['subject', subject], ['data/alertName', alertName], ...values] as [string, unknown][];
  return [
    ...Object.keys(others)
      .filter((name) => name !== 'type')
      .map((name) => fault(`${at}/${escaped(name)}`, 'does not filter alerts')),
    ...Object.keys(more).map((name) => fault(`${at}/data/${escaped(name)}`, 'does not filter alerts')),
    ...(typeof data === 'string' ? [fault(`${at}/data`, 'must name what the alert has, without expression')] : []),
    ...texts
      .filter(([, value]) => value !== undefined && (typeof value !== 'string' || value.includes('${')))
      .map(([name]) => fault(`${at}/${name}`, 'must be a text without expression')),
  ];
}

const CALLS = ['grpc', 'asyncapi', 'a2a'];

function unsupportedTask({ ref, task }: Node): FieldError[] {
  const { call, run } = task;
  if (call !== undefined && CALLS.includes(call)) return [fault(`${ref}/call`, `${call} is not supported`)];
  if (call !== undefined && /[@/:]/.test(call))
    return [fault(`${ref}/call`, 'functions of catalogs are not supported')];
  if (call === 'mcp') return [...unsupportedTransport(task.with, ref), ...unsupportedShapes(task, ref)];
  const other = Object.keys(run ?? {}).find((name) => ['container', 'script', 'shell'].includes(name));
  if (other) return [fault(`${ref}/run/${other}`, 'only workflows can be run')];
  return unsupportedShapes(task, ref);
}

/** Requests leave over HTTP alone: a worker starts no processes for a document. */
function unsupportedTransport({ transport }: Record<string, unknown> = {}, ref: string): FieldError[] {
  const at = `${ref}/with/transport`;
  const kinds = Object.keys((transport ?? {}) as object);
  if (!kinds.includes('http')) return [fault(at, 'must be http')];
  return kinds.filter((kind) => kind !== 'http').map((kind) => fault(`${at}/${kind}`, 'only http is supported'));
}

function unsupportedShapes(task: TaskDocument, ref: string): FieldError[] {
  const { foreach, metadata } = task;
  return [
    ...['priority', 'concurrency', 'rateLimit']
      .filter((name) => !('call' in task) && name in (metadata?.scm ?? {}))
      .map((name) => fault(`${ref}/metadata/scm/${name}`, 'only a call, and the document, can have one')),
    ...['output', 'export']
      .filter((name) => foreach && name in foreach)
      .map((name) => fault(`${ref}/foreach/${name}`, `${name} belongs to the tasks of foreach`)),
    ...unsupportedResources(task, ref),
    ...unsupportedEffect(task, ref),
    ...unsupportedSchemas(task, ref),
    ...unsupportedCredentials(task.with, `${ref}/with`),
  ];
}

/** Only what a step writes to a database can commit together with the mark that it was done. */
function unsupportedEffect({ call, with: args = {}, metadata }: TaskDocument, ref: string): FieldError[] {
  const sql = call === 'action' ? args['sql'] : undefined;
  const { statement } = (sql ?? {}) as { statement?: unknown };
  return [
    ...(typeof sql === 'string' ? [fault(`${ref}/with/sql`, 'must name its statement, without expression')] : []),
    ...(metadata?.scm?.effect === 'transactional' && statement === undefined
      ? [fault(`${ref}/metadata/scm/effect`, 'transactional belongs to actions with sql')]
      : []),
    ...(typeof statement === 'string' && statement.includes('${')
      ? [fault(`${ref}/with/sql/statement`, 'must have no expression: values go into parameters')]
      : []),
  ];
}

const COMPUTED = ['processing', 'analysis', 'decision'];

/** Only calls go to workers, and only what these compute themselves uses CPU time and memory worth a limit. */
function unsupportedResources({ call, metadata }: TaskDocument, ref: string): FieldError[] {
  const at = `${ref}/metadata/scm`;
  const { cost, limits = {} } = metadata?.scm ?? {};
  if (call === undefined) {
    const found = Object.entries({ cost, limits: metadata?.scm?.limits }).filter(([, value]) => value !== undefined);
    return found.map(([name]) => fault(`${at}/${name}`, 'belongs to calls'));
  }
  if (COMPUTED.includes(call)) return [];
  return ['cpuMs', 'memoryMib']
    .filter((name) => name in limits)
    .map((name) => fault(`${at}/limits/${name}`, `belongs to ${COMPUTED.join(', ')}`));
}

/** Schemas are JSON Schemas, and stand in the document. */
function unsupportedSchemas(holder: object, ref: string): FieldError[] {
  return ['input', 'output', 'export'].flatMap((name) => {
    const { schema } = ((holder as Record<string, unknown>)[name] ?? {}) as { schema?: SchemaWords };
    const at = `${ref}/${name}/schema`;
    if (schema?.resource) return [fault(`${at}/resource`, 'a schema must stand in the document')];
    return schema?.format && !/^json(:|$)/.test(schema.format) ? [fault(`${at}/format`, 'must be json')] : [];
  });
}

interface SchemaWords {
  format?: string;
  resource?: object;
}

/** Wherever the arguments of a call say how to authenticate; what is sent along is left alone. */
function unsupportedCredentials(value: unknown, path: string): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const at = `${path}/${escaped(key)}`;
    if (key === 'body' || key === 'parameters') return [];
    return key === 'authentication' ? unsupportedPolicy(inner, at) : unsupportedCredentials(inner, at);
  });
}

function unsupportedPolicy(policy: unknown, path: string): FieldError[] {
  if (typeof policy !== 'object' || policy === null) return [];
  return Object.entries(policy).flatMap(([kind, inner]: [string, unknown]) => {
    if (kind === 'use') return [];
    if (kind !== 'basic' && kind !== 'bearer') return [fault(`${path}/${kind}`, `${kind} is not supported`)];
    const isSecret = typeof inner === 'object' && inner !== null && 'use' in inner;
    return isSecret ? [fault(`${path}/${kind}/use`, 'secrets are not supported')] : [];
  });
}

function fault(path: string, message: string): FieldError {
  return { path, message };
}
