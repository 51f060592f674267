import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { capabilities, type FieldError } from '@scm/contracts';
import { escaped, kindOf, taskKinds } from '../machine/plan.js';
import { compileSchema } from '../machine/schema.js';
import { expressionFaults } from './expression-check.js';
import type { TaskDocument, TaskListDocument, WorkflowDocument } from './language.js';
import { callNames, callSchema, taskSchemas, workflowSchema } from './language.schema.js';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
const isWorkflow = ajv.compile(workflowSchema);
const isTask = Object.fromEntries(Object.entries(taskSchemas).map(([kind, schema]) => [kind, ajv.compile(schema)]));
const isCall = new Map([...callNames, 'function'].map((name) => [name, ajv.compile(callSchema(name))]));

/** What is wrong with a document by the rules of the language, each fault with its JSON pointer. */
export function languageFaults(document: unknown): FieldError[] {
  const faults = faultsOf(isWorkflow, document, '');
  if (faults.length > 0) return faults;
  const checked = document as WorkflowDocument;
  const inTasks = [...listFaults(checked, checked.do, '/do'), ...functionFaults(checked)];
  return inTasks.length > 0 ? inTasks : [...expressionFaults(checked), ...schemaFaults(checked)];
}

function listFaults(document: WorkflowDocument, list: TaskListDocument, ref: string): FieldError[] {
  const names = new Set(list.flatMap((item) => Object.keys(item)));
  return list.flatMap((item, i) =>
    Object.entries(item).flatMap(([name, task]) => taskFaults(document, task, `${ref}/${i}/${escaped(name)}`, names)),
  );
}

function taskFaults(
  document: WorkflowDocument,
  task: TaskDocument,
  ref: string,
  siblings: ReadonlySet<string>,
): FieldError[] {
  const found = taskKinds.filter((kind) => kind in task && !(kind === 'do' && 'for' in task));
  if (found.length !== 1) {
    const message = found.length === 0 ? `needs one of ${taskKinds.join(', ')}` : `is both ${found.join(' and ')}`;
    return [{ path: ref, message }];
  }
  const kind = kindOf(task);
  const validate =
    kind === 'call' ? isCall.get(callNames.find((name) => name === task.call) ?? 'function') : isTask[kind];
  const own = validate ? faultsOf(validate, task, ref) : [];
  if (own.length > 0) return own;
  const inner = nestedLists(task, ref).flatMap(([list, at]) => listFaults(document, list, at));
  const { compensate } = task.metadata?.scm ?? {};
  return [
    ...directiveFaults(task, ref, siblings),
    ...referenceFaults(document, task, ref),
    ...inner,
    ...(compensate ? taskFaults(document, compensate, `${ref}/metadata/scm/compensate`, new Set()) : []),
  ];
}

/** The lists of tasks within a task, with where they stand. */
function nestedLists(task: TaskDocument, ref: string): [TaskListDocument, string][] {
  const lists: [TaskListDocument | undefined, string][] = [
    [task.do, 'do'],
    [task.try, 'try'],
    [task.catch?.do, 'catch/do'],
    [task.fork?.branches, 'fork/branches'],
    [task.foreach?.do, 'foreach/do'],
  ];
  return lists.flatMap(([list, at]) => (list ? [[list, `${ref}/${at}`] as [TaskListDocument, string]] : []));
}

const DIRECTIVES = ['continue', 'exit', 'end'];

function directiveFaults(task: TaskDocument, ref: string, siblings: ReadonlySet<string>): FieldError[] {
  const cases = (task.switch ?? []).flatMap((item, i) =>
    Object.entries(item).map(([name, { then }]) => [`${ref}/switch/${i}/${escaped(name)}/then`, then] as const),
  );
  const directives: (readonly [string, string | undefined])[] = [
    [`${ref}/then`, task.then],
    [`${ref}/catch/then`, task.catch?.then],
    ...cases,
  ];
  return directives.flatMap(([path, then]) =>
    then === undefined || DIRECTIVES.includes(then) || siblings.has(then)
      ? []
      : [{ path, message: `there is no task ${then} beside it` }],
  );
}

/** What is named must stand under `use`. */
function referenceFaults({ use = {} }: WorkflowDocument, task: TaskDocument, ref: string): FieldError[] {
  const { raise, catch: caught, timeout, call } = task;
  const names: [string, unknown, object | undefined][] = [
    ['raise/error', raise?.error, use.errors],
    ['catch/retry', caught?.retry, use.retries],
    ['timeout', timeout, use.timeouts],
  ];
  const faults = names.flatMap(([path, name, there]) =>
    typeof name === 'string' && !Object.hasOwn(there ?? {}, name)
      ? [{ path: `${ref}/${path}`, message: `${name} is not declared under use` }]
      : [],
  );
  const isKnown = (name: string) =>
    [...callNames, ...capabilities].includes(name) || Object.hasOwn(use.functions ?? {}, name) || /[@/:]/.test(name);
  if (call === undefined || isKnown(call)) return faults;
  const message = `${call} is no function under use.functions, nor one of ${[...callNames, ...capabilities].join(', ')}`;
  return [...faults, { path: `${ref}/call`, message }];
}

function functionFaults(document: WorkflowDocument): FieldError[] {
  return Object.entries(document.use?.functions ?? {}).flatMap(([name, task]) =>
    taskFaults(document, task, `/use/functions/${escaped(name)}`, new Set()),
  );
}

/** The JSON Schemas a document holds must be some. */
function schemaFaults(value: unknown, path = ''): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const at = `${path}/${escaped(key)}`;
    const [name, document] = schemaIn(key, inner, path);
    if (typeof document !== 'object' || document === null) return schemaFaults(inner, at);
    try {
      compileSchema(document);
      return [];
    } catch (error) {
      return [{ path: `${at}/${name}`, message: `is no JSON Schema: ${error instanceof Error ? error.message : ''}` }];
    }
  });
}

function schemaIn(key: string, value: unknown, path: string): [string, unknown] {
  const { document, form } = (typeof value === 'object' && value ? value : {}) as Record<string, unknown>;
  if (key === 'approval' && path.endsWith('/metadata/scm')) return ['form', form];
  return ['document', key === 'schema' ? document : undefined];
}

function faultsOf(validate: ValidateFunction, value: unknown, ref: string): FieldError[] {
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  // That no alternative fits is told by what is wrong with them, unless nothing else is known.
  const telling = errors.filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'if');
  return (telling.length > 0 ? telling : errors).map((error) => faultOf(error, ref));
}

function faultOf({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject, ref: string): FieldError {
  const path = `${ref}${instancePath}`;
  switch (keyword) {
    case 'additionalProperties':
      return { path: `${path}/${escaped(String(params.additionalProperty))}`, message: 'is not known here' };
    case 'required':
      return { path: `${path}/${escaped(String(params.missingProperty))}`, message: 'is missing' };
    case 'enum':
      return { path, message: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` };
    default:
      return { path, message };
  }
}
