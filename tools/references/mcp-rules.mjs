import { protocolRevisions } from '@scm/mcp-messages';
import { ruleClasses, rules } from '@scm/mcp-migration';
import { code } from './markdown.mjs';

export const classMeanings = {
  none: 'nothing is to do: the message is valid there as it is',
  lossless: 'the message has another form there, and says the same',
  emulated: 'something else stands for it, which does what it did',
  lossy: 'a part of it is lost, and named in the ledger',
  refused: 'there is no such message; only the bridge can do something for it, or nothing can',
};

/** The rules on the way from one revision to another, in the order they are applied, with what each does there. */
export function rulesBetween(from, to) {
  const direction = from < to ? 'up' : 'down';
  const [older, newer] = from < to ? [from, to] : [to, from];
  const between = rules.filter((rule) => rule.between[0] >= older && rule.between[1] <= newer);
  const sorted = direction === 'up' ? between : newestFirst(between);
  return sorted.map((rule) => ({ ...rule, effect: rule[direction] }));
}

function newestFirst(list) {
  return [...protocolRevisions].reverse().flatMap((revision) => list.filter((rule) => rule.between[1] === revision));
}

/** What is affected by a rule: methods, and which of their messages. */
export function affected({ changes, kind }) {
  if (kind !== 'message' && changes.length === 0) return kind;
  const places = changes.flatMap(({ at }) => at);
  const kinds = [...new Set(places.filter(({ methods }) => methods === 'all').map((place) => `every ${place.kind}`))];
  const methods = places.filter(({ methods: named }) => named !== 'all').flatMap(({ methods: named }) => named);
  return [...kinds, ...[...new Set(methods)].map(code)].join(', ') || '–';
}

export function effectText({ class: name, does }) {
  return does === '' ? '–' : `*${name}*: ${does}`;
}

export function countByClass(list) {
  return ruleClasses
    .filter((name) => name !== 'none')
    .map((name) => [name, list.filter(({ effect }) => effect.class === name).length])
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}
