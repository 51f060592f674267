import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { pointerStep, without } from '../members.js';
import { forms, inResult } from '../place.js';
import { emulated, lossless, lossy, none, rulesOf, type Change } from '../rule.js';

/** The form with some fields in another form; `change` gives the same field where there is nothing to do. */
function eachField(form: JsonObject, change: (field: JsonObject, name: string) => JsonObject): JsonObject {
  const { properties } = form;
  if (!isJsonObject(properties)) return form;
  let isChanged = false;
  const entries = Object.entries(properties).map(([name, field]) => {
    const next = isJsonObject(field) ? change(field, name) : field;
    isChanged ||= next !== field;
    return [name, next];
  });
  return isChanged ? { ...form, properties: Object.fromEntries(entries) as JsonObject } : form;
}

const asEnumNames: Change = (form) =>
  eachField(form, (field) => {
    const { type, oneOf } = field;
    if (type !== 'string' || !Array.isArray(oneOf)) return field;
    const choices = oneOf.filter(isJsonObject);
    return {
      ...without(field, 'oneOf'),
      enum: choices.map((choice) => choice['const']),
      enumNames: choices.map((choice) => choice['title']),
    };
  });

const withoutDefaults: Change = (form, work) => {
  const defaults: Record<string, unknown> = {};
  const next = eachField(form, (field, name) => {
    if (field['default'] === undefined || field['type'] === 'boolean' || field['type'] === 'array') return field;
    work.emulated(`properties/${pointerStep(name)}/default`);
    defaults[name] = field['default'];
    return without(field, 'default');
  });
  if (next !== form) work.answerBy({ defaults });
  return next;
};

const fillIn: Change = (result, work) => {
  const defaults = work.context.reverse?.defaults;
  if (!defaults || result['action'] !== 'accept') return result;
  const content = isJsonObject(result['content']) ? result['content'] : {};
  return { ...result, content: { ...defaults, ...content } };
};

const joined: Change = (result, work) => {
  const { content } = result;
  if (!isJsonObject(content) || !Object.values(content).some(Array.isArray)) return result;
  const entries = Object.entries(content).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    work.dropped(`content/${pointerStep(name)}`);
    return [name, value.join(', ')];
  });
  return { ...result, content: Object.fromEntries(entries) as JsonObject };
};

const answers = [inResult(['elicitation/create'])];

export const formFieldRules = rulesOf('2025-11-25', {
  'titled-choices': {
    title: 'Titles that stand with the choices of a field',
    up: none,
    down: lossless('They stand in `enumNames`, beside the choices.'),
    changes: [{ at: forms, down: asEnumNames }],
  },
  'field-defaults': {
    title: 'Defaults of fields',
    up: lossless('Fields that the answer leaves out get their default.'),
    down: emulated('Not shown; the answer gets those that are left out.'),
    changes: [
      { at: forms, down: withoutDefaults },
      { at: answers, up: fillIn },
    ],
  },
  'list-answers': {
    title: 'Answers with several choices',
    up: none,
    down: lossy('Joined to one text: an older server did not ask for several.'),
    changes: [{ at: answers, down: joined }],
  },
});
