import type { FieldError } from '@scm/contracts';
import { escaped } from '../machine/plan.js';
import { ExpressionError, expressionIn, parseExpression } from './expression.js';
import type { WorkflowDocument } from './language.js';

/** Texts under these names are expressions, with or without `${ }`. */
const ALWAYS = new Set(['if', 'when', 'exceptWhen', 'while', 'until', 'from', 'as']);

/** Every expression of a document that is not a jq program. */
export function expressionFaults({ document, input, output, do: tasks, use }: WorkflowDocument): FieldError[] {
  const checked = { document: { metadata: { scm: document.metadata?.scm } }, input, output, do: tasks };
  return textsIn({ ...checked, use: { functions: use?.functions } }, '', []).flatMap(({ path, text, names }) => {
    const source = expressionIn(text) ?? (isExpression(names) ? text : undefined);
    try {
      if (source !== undefined) parseExpression(source);
      return [];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return [{ path, message: error.message }];
    }
  });
}

/** `as` under `catch` is a name, and so is what stands in data a call gets. */
function isExpression(names: readonly string[]): boolean {
  const [name = '', above] = names.toReversed();
  if (names[0] === 'document') return above === 'attributes';
  if (names.includes('with') || names.includes('set') || names.includes('schema') || names.includes('error'))
    return false;
  if (name === 'in') return above === 'for';
  if (name === 'as') return above === 'output' || above === 'export';
  if (name === 'from') return above === 'input';
  return ALWAYS.has(name) && !names.includes('metadata');
}

interface FoundText {
  path: string;
  text: string;
  /** The keys on the way to it. */
  names: readonly string[];
}

function textsIn(value: unknown, path: string, names: readonly string[]): FoundText[] {
  if (typeof value === 'string') return [{ path, text: value, names }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, `${path}/${escaped(key)}`, [...names, key]));
}
