import { errorCodes, isJsonObject, type JsonObject } from '@scm/mcp-messages';
import type { Choices } from '../context.js';
import { pointerStep, textOf, without } from '../members.js';
import { forms, inResult } from '../place.js';
import { emulated, lossless, rulesOf, type Change } from '../rule.js';
import type { Work } from '../work.js';

const asFlags: Change = (form, work) => {
  const { properties } = form;
  if (!isJsonObject(properties) || !Object.values(properties).some(isMultiSelect)) return form;
  const required = Array.isArray(form['required']) ? form['required'] : [];
  const choices: Record<string, Choices> = {};
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    if (!isMultiSelect(field)) return [[name, field]];
    work.emulated(`properties/${pointerStep(name)}`);
    const asked = choicesOf(name, field, required.includes(name), properties);
    choices[name] = asked.choices;
    return Object.entries(asked.flags);
  });
  work.answerBy({ choices });
  return {
    ...form,
    properties: Object.fromEntries(fields) as JsonObject,
    ...(form['required'] !== undefined && {
      required: required.filter((name) => !Object.hasOwn(choices, String(name))),
    }),
  };
};

function isMultiSelect(field: unknown): field is JsonObject {
  return isJsonObject(field) && field['type'] === 'array';
}

function choicesOf(
  name: string,
  field: JsonObject,
  isRequired: boolean,
  others: JsonObject,
): { choices: Choices; flags: JsonObject } {
  const options = optionsOf(field);
  const chosen = Array.isArray(field['default']) ? field['default'] : undefined;
  const fields = options.map((_, index) => freeName(`${name}__${index}`, others));
  const flags = options.map(({ value, title }, index) => [
    fields[index],
    {
      type: 'boolean',
      title: `${textOf(field['title']) ?? name}: ${title}`,
      ...(typeof field['description'] === 'string' && { description: field['description'] }),
      ...(chosen && { default: chosen.includes(value) }),
    },
  ]);
  const bound = (key: string): JsonObject => (typeof field[key] === 'number' ? { [key]: field[key] } : {});
  const choices = {
    fields,
    values: options.map(({ value }) => value),
    isRequired,
    ...bound('minItems'),
    ...bound('maxItems'),
  };
  return { choices, flags: Object.fromEntries(flags) as JsonObject };
}

function optionsOf({ items }: JsonObject): { value: string; title: string }[] {
  if (!isJsonObject(items)) return [];
  if (Array.isArray(items['enum']))
    return items['enum'].map((value) => ({ value: String(value), title: String(value) }));
  const titled = Array.isArray(items['anyOf']) ? items['anyOf'].filter(isJsonObject) : [];
  return titled.map((option) => ({ value: String(option['const']), title: String(option['title']) }));
}

function freeName(name: string, taken: JsonObject): string {
  return Object.hasOwn(taken, name) ? freeName(`${name}_`, taken) : name;
}

const asList: Change = (result, work) => {
  const choices = work.context.reverse?.choices;
  if (!choices || result['action'] !== 'accept') return result;
  const content = isJsonObject(result['content']) ? result['content'] : {};
  const asked = new Set(Object.values(choices).flatMap(({ fields }) => fields));
  const rest = Object.entries(content).filter(([name]) => !asked.has(name));
  const lists = Object.entries(choices).flatMap(([name, choice]) => {
    const chosen = choice.values.filter((_, index) => content[choice.fields[index] as string] === true);
    if (chosen.length === 0 && !choice.isRequired) return [];
    checkCount(name, chosen.length, choice, work);
    return [[name, chosen]];
  });
  return { ...without(result, 'content'), content: Object.fromEntries([...rest, ...lists]) as JsonObject };
};

function checkCount(name: string, count: number, { minItems = 0, maxItems = Infinity }: Choices, work: Work): void {
  if (count >= minItems && count <= maxItems) return;
  const wanted = count < minItems ? `at least ${minItems}` : `at most ${maxItems}`;
  throw work.refuse(errorCodes.invalidParams, `content.${name} needs ${wanted} choices, not ${count}`);
}

export const multiSelectRules = rulesOf('2025-11-25', {
  'multi-select': {
    title: 'Fields with several choices',
    up: lossless('The flags of the answer are one list again; too few or too many choices are refused.'),
    down: emulated('Each choice is a field of its own, to be ticked.'),
    changes: [
      { at: forms, down: asFlags },
      { at: [inResult(['elicitation/create'])], up: asList },
    ],
  },
});
