import { invalidField, type AlertRuleInput } from '@scm/contracts';
import { LABEL_NAME } from '../series/labels.js';
import { parseDuration } from '@scm/promql';
import { templateFault } from './rule-file.js';

const RESERVED = ['alertname', '__name__'];
const MAX_LABELS = 32;

/** Throws INVALID_ARGUMENT that names the field for a rule that could not be judged. */
export function assertRule(rule: AlertRuleInput, exprFault: (expr: string) => string | undefined): void {
  const { expr, labels = {}, annotations = {} } = rule;
  const fault = exprFault(expr);
  if (fault !== undefined) throw invalidField('expr', fault);
  for (const field of ['for', 'keep_firing_for'] as const) {
    const text = rule[field];
    if (text !== undefined && parseDuration(text) === undefined) throw invalidField(field, 'is no duration');
  }
  if (Object.keys(labels).length > MAX_LABELS) throw invalidField('labels', `has more than ${MAX_LABELS} labels`);
  assertTexts('labels', labels);
  assertTexts('annotations', annotations);
  const reserved = Object.keys(labels).find((name) => RESERVED.includes(name));
  if (reserved) throw invalidField(`labels.${reserved}`, 'is set by the system');
}

function assertTexts(field: 'labels' | 'annotations', texts: Record<string, string>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (!LABEL_NAME.test(name)) throw invalidField(field, `${JSON.stringify(name)} is not a label name`);
    const fault = templateFault(text);
    if (fault) throw invalidField(`${field}.${name}`, fault);
  }
}
