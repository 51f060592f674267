import { capabilities, type Capability } from '@scm/contracts';
import type { TaskDocument, WorkflowDocument } from '../definitions/language.js';

export const taskKinds = [
  'set',
  'switch',
  'raise',
  'emit',
  'do',
  'for',
  'fork',
  'try',
  'wait',
  'listen',
  'call',
  'run',
] as const;
export type TaskKind = (typeof taskKinds)[number];

/** A task of a document, with where it stands. */
export interface Node {
  name: string;
  /** JSON pointer of the task in the document. */
  ref: string;
  kind: TaskKind;
  task: TaskDocument;
}

/** A document in the form the machine walks: every task and every list of tasks by its JSON pointer. */
export interface Plan {
  document: WorkflowDocument;
  nodes: ReadonlyMap<string, Node>;
  lists: ReadonlyMap<string, readonly Node[]>;
}

export function planOf(document: WorkflowDocument): Plan {
  const nodes = new Map<string, Node>();
  const lists = new Map<string, readonly Node[]>();
  addList('/do', document.do);
  return { document, nodes, lists };

  function addList(ref: string, items: readonly Record<string, TaskDocument>[]): void {
    const list = items.flatMap((item, i) =>
      Object.entries(item).map(([name, task]) => addNode(`${ref}/${i}/${escaped(name)}`, name, task)),
    );
    lists.set(ref, list);
  }

  function addNode(ref: string, name: string, given: TaskDocument): Node {
    const task = functionBody(document, given);
    const node = { name, ref, kind: kindOf(task), task };
    nodes.set(ref, node);
    const { catch: caught, fork, foreach, metadata } = task;
    if (task.do) addList(`${ref}/do`, task.do);
    if (task.try) addList(`${ref}/try`, task.try);
    if (caught?.do) addList(`${ref}/catch/do`, caught.do);
    if (fork) addList(`${ref}/fork/branches`, fork.branches);
    if (foreach?.do) addList(`${ref}/foreach/do`, foreach.do);
    if (metadata?.scm?.compensate) addNode(compensationRef(ref), name, metadata.scm.compensate);
    return node;
  }
}

/** Where the task stands that undoes the task at `ref`. */
export function compensationRef(ref: string): string {
  return `${ref}/metadata/scm/compensate`;
}

/** One token of a JSON pointer (RFC 6901). */
export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function nodeAt({ nodes }: Plan, ref: string): Node {
  const node = nodes.get(ref);
  if (!node) throw new TypeError(`the document has no task ${ref}`);
  return node;
}

/** Which workers do a call: the five step kinds do themselves, calls over the network are actions. */
export function capabilityOf(call: string): Capability {
  return (capabilities as readonly string[]).includes(call) ? (call as Capability) : 'action';
}

export function kindOf(task: TaskDocument): TaskKind {
  if ('for' in task) return 'for';
  const kind = taskKinds.find((name) => name in task);
  if (!kind) throw new TypeError('a task of no known kind');
  return kind;
}

/** `call` of a name under `use.functions` is that task, called with the arguments as its input. */
function functionBody({ use }: WorkflowDocument, task: TaskDocument): TaskDocument {
  const body = task.call === undefined ? undefined : use?.functions?.[task.call];
  if (!body) return task;
  const { call: _call, with: args, ...own } = task;
  return { ...body, ...(args && { input: { from: args } }), ...own };
}
