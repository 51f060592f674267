import { evaluate, ExpressionError, expressionIn } from '../definitions/expression.js';
import type { WorkflowDocument } from '../definitions/language.js';

/** What an execution is found by, by name. Stands in the clear: it is looked for. */
export type Attributes = Record<string, string | number | boolean>;

const MAX_CHARACTERS = 256;

/** The attributes of an execution with that input; one whose expression fails or gives no short value is left out. */
export function attributesOf(
  { document }: WorkflowDocument,
  workflow: { id: string; input: unknown; startedBy: string },
): Attributes | null {
  const { attributes } = document.metadata?.scm ?? {};
  if (!attributes) return null;
  const found = Object.entries(attributes).map(([name, text]) => [name, valueOf(text, workflow)]);
  return Object.fromEntries(found.filter(([, value]) => isShort(value))) as Attributes;
}

function valueOf(text: string, workflow: { input: unknown }): unknown {
  const { input } = workflow;
  try {
    return evaluate(`\${${expressionIn(text) ?? text}}`, { data: input, variables: { input, workflow } });
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length > 0 && value.length <= MAX_CHARACTERS;
  return typeof value === 'number' || typeof value === 'boolean';
}
