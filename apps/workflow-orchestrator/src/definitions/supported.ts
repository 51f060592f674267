import type { FieldError } from '@scm/contracts';
import { planOf, type Node } from '../machine/plan.js';
import type { WorkflowDocument } from './language.js';

/** What of a valid document cannot be executed here: it is refused when the document is stored, not when it runs. */
export function unsupportedIn(document: WorkflowDocument): FieldError[] {
  const { use = {}, evaluate, schedule } = document as WorkflowDocument & UnusedParts;
  const nodes = [...planOf(document).nodes.values()];
  return [
    ...(use.extensions?.length ? [fault('/use/extensions', 'extensions are not supported')] : []),
    ...(use.catalogs ? [fault('/use/catalogs', 'catalogs are not supported')] : []),
    ...(evaluate?.language && evaluate.language !== 'jq' ? [fault('/evaluate/language', 'must be jq')] : []),
    ...(schedule?.on && schedule.on.one === undefined ? [fault('/schedule/on', 'one event is supported')] : []),
    ...nodes.flatMap(unsupportedTask),
  ];
}

interface UnusedParts {
  use?: { extensions?: unknown[]; catalogs?: object };
  evaluate?: { language?: string };
}

const CALLS = ['grpc', 'asyncapi', 'a2a'];

function unsupportedTask({ ref, task }: Node): FieldError[] {
  const { call, run } = task;
  if (call !== undefined && CALLS.includes(call)) return [fault(`${ref}/call`, `${call} is not supported`)];
  if (call !== undefined && /[@/:]/.test(call))
    return [fault(`${ref}/call`, 'functions of catalogs are not supported')];
  const other = Object.keys(run ?? {}).find((name) => ['container', 'script', 'shell'].includes(name));
  if (other) return [fault(`${ref}/run/${other}`, 'only workflows can be run')];
  return [];
}

function fault(path: string, message: string): FieldError {
  return { path, message };
}
