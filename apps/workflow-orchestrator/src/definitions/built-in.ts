import type { BuiltInWorkflow } from '@scm/contracts';
import { planOf, type Plan } from '../machine/plan.js';
import type { WorkflowDocument } from './language.js';

/** No document that people store can have it: theirs are semantic versions. */
export const BUILT_IN_VERSION = 'built-in';

/** Longer than any task is kept: who made it has forgotten it by then. */
const LONGEST = { after: { days: 21 } };

/* oxlint-disable unicorn/no-thenable -- a word of the language */
/** Calls a tool for a task, again with what its client answered each time the tool asks for something. */
const mcpToolCall: WorkflowDocument['do'] = [
  { call: { call: 'mcp-tool', timeout: LONGEST, then: 'next' } },
  { next: { switch: [{ asks: { when: '.asks', then: 'input' } }, { ended: { then: 'end' } }] } },
  { input: { listen: { to: { one: { with: { type: 'scm.signal.input' } } } }, timeout: LONGEST, then: 'call' } },
];
/* oxlint-enable unicorn/no-thenable */

const plans: Record<BuiltInWorkflow, Plan> = { 'mcp-tool-call': planOf(documentOf('mcp-tool-call', mcpToolCall)) };

/** The plan of a workflow that every workspace has; undefined for those that people define. */
export function builtInPlan(name: string, version: string): Plan | undefined {
  return version === BUILT_IN_VERSION && Object.hasOwn(plans, name) ? plans[name as BuiltInWorkflow] : undefined;
}

function documentOf(name: BuiltInWorkflow, tasks: WorkflowDocument['do']): WorkflowDocument {
  return { document: { dsl: '1.0.3', namespace: 'scm', name, version: BUILT_IN_VERSION }, do: tasks };
}
