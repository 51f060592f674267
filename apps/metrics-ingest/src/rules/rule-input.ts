import { invalidField, type AlertRuleInput } from '@scm/contracts';
import { parseDuration } from '@scm/promql';
import { LABEL_NAME } from '../series/labels.js';
import { parseCondition } from './condition.js';
import { isTemplate } from './template.js';

const RESERVED = ['alertname', '__name__'];
const MAX_LABELS = 32;

/** Throws INVALID_ARGUMENT that names the field for a rule that could not be judged. */
export function assertRule({ expr, for: wait, labels = {}, annotations = {} }: AlertRuleInput): void {
  parseCondition(expr);
  if (wait !== undefined && parseDuration(wait) === undefined) throw invalidField('for', 'is no duration');
  if (Object.keys(labels).length > MAX_LABELS) throw invalidField('labels', `has more than ${MAX_LABELS} labels`);
  for (const [name, text] of Object.entries(labels)) {
    if (!LABEL_NAME.test(name)) throw invalidField('labels', `${JSON.stringify(name)} is not a label name`);
    if (RESERVED.includes(name)) throw invalidField(`labels.${name}`, 'is set by the system');
    if (text.includes('{{')) throw invalidField(`labels.${name}`, 'templates are supported in annotations only');
  }
  for (const [name, text] of Object.entries(annotations)) {
    if (!LABEL_NAME.test(name)) throw invalidField('annotations', `${JSON.stringify(name)} is not a label name`);
    if (!isTemplate(text)) {
      throw invalidField(`annotations.${name}`, 'only {{ $labels.<name> }} and {{ $value }} are supported yet');
    }
  }
}
