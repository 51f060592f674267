import { isJsonObject, type JsonObject } from './json.js';
import type { Entries, Fields, Leaf, Part } from './model.js';
import { protocolRevisions, type ProtocolRevision } from './revisions.js';

/** What is wrong with a value, and where: `pointer` is a JSON pointer (RFC 6901). */
export interface Fault {
  pointer: string;
  message: string;
}

/** The first fault of a decoded JSON value by a model of one revision; undefined where there is none. Does not throw. */
export function findFault(model: Part, revision: ProtocolRevision, value: unknown): Fault | undefined {
  const found = checkOf(model, revision)(value);
  return found && { pointer: pointerOf(found), message: found.message };
}

export function accepts(model: Part, revision: ProtocolRevision, value: unknown): boolean {
  return checkOf(model, revision)(value) === undefined;
}

interface Found {
  message: string;
  isTag: boolean;
  depth: number;
  /** Outermost first. */
  path: Step | undefined;
}

interface Step {
  key: string | number;
  inner: Step | undefined;
}

type Check = (value: unknown) => Found | undefined;

const checks = new WeakMap<Part, Map<ProtocolRevision, Check>>();

function checkOf(part: Part, revision: ProtocolRevision): Check {
  let byRevision = checks.get(part);
  if (!byRevision) checks.set(part, (byRevision = new Map<ProtocolRevision, Check>()));
  let check = byRevision.get(revision);
  if (!check) byRevision.set(revision, (check = compile(part, revision)));
  return check;
}

function compile(part: Part, revision: ProtocolRevision): Check {
  const { part: here } = presenceOf(part, revision);
  switch (here.kind) {
    case 'leaf':
      return leafCheck(here);
    case 'list':
      return listCheck(checkOf(here.item as Part, revision), here.maxItems);
    case 'dictionary':
      return dictionaryCheck(checkOf(here.value as Part, revision));
    case 'object':
      return objectCheck(here.fields as Fields, revision);
    case 'union':
      return unionCheck(formsOf(here.forms as readonly Part[], revision).map((form) => checkOf(form, revision)));
    case 'gone':
      return () => fault(`has no place in ${revision}`);
    default:
      return here satisfies never;
  }
}

type Present = Exclude<Part, { kind: 'varying' | 'optional' }>;

/** What a part is in one revision. */
function presenceOf(part: Part, revision: ProtocolRevision): { part: Present; isRequired: boolean } {
  if (part.kind === 'varying') return presenceOf(entryAt(part.entries as Entries, revision), revision);
  if (part.kind === 'optional') return { ...presenceOf(part.of as Part, revision), isRequired: false };
  return { part, isRequired: part.kind !== 'gone' };
}

function entryAt(entries: Entries, revision: ProtocolRevision): Part {
  const last = protocolRevisions.findLast((candidate) => candidate <= revision && candidate in entries);
  return (last && entries[last]) ?? { kind: 'gone' };
}

function formsOf(forms: readonly Part[], revision: ProtocolRevision): Part[] {
  return forms.filter((form) => presenceOf(form, revision).part.kind !== 'gone');
}

function leafCheck({ accepts: isValid, expected, isTag: tags }: Leaf<unknown>): Check {
  const wrong = fault(`must be ${expected}`, tags === true);
  return (value) => (isValid(value) ? undefined : wrong);
}

function listCheck(item: Check, maxItems: number): Check {
  return (value) => {
    if (!Array.isArray(value)) return notArray;
    if (value.length > maxItems) return fault(`must have at most ${maxItems} items`);
    for (let index = 0; index < value.length; index += 1) {
      const found = item(value[index]);
      if (found) return within(index, found);
    }
    return undefined;
  };
}

function dictionaryCheck(member: Check): Check {
  return (value) => {
    if (!isJsonObject(value)) return notObject;
    for (const key of Object.keys(value)) {
      const found = member(value[key]);
      if (found) return within(key, found);
    }
    return undefined;
  };
}

function objectCheck(fields: Fields, revision: ProtocolRevision): Check {
  const members = Object.entries(fields)
    .map(([key, part]) => ({ key, ...presenceOf(part, revision) }))
    .filter(({ part }) => part.kind !== 'gone')
    .map(({ key, part, isRequired }) => ({ key, isRequired, isTag: isTag(part), check: checkOf(part, revision) }))
    // Tags first: a form that was not meant is left at once.
    .sort((a, b) => Number(b.isTag) - Number(a.isTag));
  return (value) => {
    if (!isJsonObject(value)) return notObject;
    for (const { key, isRequired, isTag: tags, check } of members) {
      const member = own(value, key);
      if (member === undefined && !isRequired) continue;
      const found = member === undefined ? fault('is missing', tags) : check(member);
      if (found) return within(key, found);
    }
    return undefined;
  };
}

const isTag = (part: Present): boolean => part.kind === 'leaf' && part.isTag === true;

// What an object inherits was not in the message.
function own(value: JsonObject, key: string): unknown {
  const member = value[key];
  return member === undefined || Object.hasOwn(value, key) ? member : undefined;
}

function unionCheck(forms: Check[]): Check {
  return (value) => {
    let best: Found | undefined;
    for (const form of forms) {
      const found = form(value);
      if (!found) return undefined;
      if (!best || isCloser(found, best)) best = found;
    }
    // Where no tag fits, what one form expects there says nothing about the others.
    return best?.isTag ? { ...best, message: 'is none of the known forms' } : best;
  };
}

function isCloser(found: Found, best: Found): boolean {
  return found.isTag === best.isTag ? found.depth > best.depth : best.isTag;
}

function fault(message: string, tags = false): Found {
  return { message, isTag: tags, depth: 0, path: undefined };
}

const notArray = fault('must be an array');
const notObject = fault('must be an object');

function within(key: string | number, { message, isTag: tags, depth, path }: Found): Found {
  return { message, isTag: tags, depth: depth + 1, path: { key, inner: path } };
}

function pointerOf({ path }: Found): string {
  let pointer = '';
  for (let step = path; step; step = step.inner) {
    pointer += `/${String(step.key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return pointer;
}
