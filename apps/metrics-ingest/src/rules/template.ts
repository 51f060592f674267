import { numberText } from '../query/reply-text.js';
import { labelOf, type Labels } from '../series/labels.js';

const PLACE = /\{\{\s*\$(?:labels\.([a-zA-Z_][a-zA-Z0-9_]*)|value)\s*\}\}/g;
const MAX_LENGTH = 4_096;

/** Whether every `{{ … }}` in the text is one that `fillIn` knows. */
export function isTemplate(text: string): boolean {
  return !text.replace(PLACE, '').includes('{{');
}

/** Puts labels for `{{ $labels.name }}` and the value for `{{ $value }}`. */
export function fillIn(text: string, labels: Labels, value: number): string {
  const filled = text.replace(PLACE, (_, label: string | undefined) =>
    label === undefined ? numberText(value) : labelOf(labels, label),
  );
  return filled.slice(0, MAX_LENGTH).toWellFormed();
}
