import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parseError } from './promql-error.js';
import { signatures } from './signatures.js';

const MAX_REPAIRS = 64;

/**
 * The syntax tree of a query without errors; throws a PromqlError that says what was not expected. The grammar knows less than
 * Prometheus in few places, and there the text it is given is altered without moving anything: names are to be read from the
 * text as it was written.
 */
export function parseTree(source: string): Tree {
  let text = source;
  for (let i = 0; ; i++) {
    const tree = parser.parse(text);
    const fault = firstFault(tree);
    if (fault === undefined) return tree;
    const repaired = i < MAX_REPAIRS ? repair(text, fault) : undefined;
    if (repaired === undefined) throw unexpected(source, fault);
    text = repaired;
  }
}

function firstFault(tree: Tree): number | undefined {
  let fault: number | undefined;
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) fault ??= from;
      return fault === undefined;
    },
  });
  return fault;
}

const CALL_BEFORE = /([a-zA-Z_]\w*)\s*$/;
const CALL_AT = /^\s*([a-zA-Z_]\w*)?\s*\(/;

/** `2.` is a number, `STEP()` a duration, and `min_of(1, 2)` a call; the grammar lacks them. */
function repair(text: string, fault: number): string | undefined {
  const point = text.slice(0, fault + 1).search(/\d\.(?!\d)[^\d]?$/);
  if (point >= 0) return `${text.slice(0, point + 1)} ${text.slice(point + 2)}`;
  const at = callAt(text, fault);
  if (at === undefined) return undefined;
  const name = /^\w*/.exec(text.slice(at))?.[0] ?? '';
  const lower = name.toLowerCase();
  const instead =
    lower !== name && /^(step|range|min_of|max_of)$/.test(lower)
      ? lower
      : /^(min_of|max_of)$/.test(name)
        ? 'scalar'
        : undefined;
  return instead === undefined ? undefined : text.slice(0, at) + instead + text.slice(at + name.length);
}

/** Where the name begins that is called where the tree breaks. */
function callAt(text: string, fault: number): number | undefined {
  const open = text.indexOf('(', fault);
  for (const end of [fault, open]) {
    if (end < 0 || !CALL_AT.test(text.slice(end))) continue;
    if (/^\w/.test(text.slice(end))) return end;
    const before = CALL_BEFORE.exec(text.slice(0, end));
    if (before) return before.index;
  }
  const last = text.slice(0, fault).lastIndexOf('(');
  return last < 0 ? undefined : CALL_BEFORE.exec(text.slice(0, last))?.index;
}

const TOKEN = /^(?:"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|`[^`]*`?|[a-zA-Z_:][\w:]*|[\d.]+\w*|[=!]~|[=!<>]=|.)/su;

function unexpected(source: string, fault: number): Error {
  const call = callAt(source, fault);
  const name = call === undefined ? '' : (/^\w*/.exec(source.slice(call))?.[0] ?? '');
  if (call !== undefined && /^\w+\s*\($/.test(source.slice(call, source.indexOf('(', call) + 1)) && isUnknown(name)) {
    return parseError(source, call, `unknown function with name ${JSON.stringify(name)}`);
  }
  if (source.trim() === '') return parseError(source, 0, 'no expression found in input');
  const at = fault + (/^(?:\s|#[^\n]*)*/.exec(source.slice(fault))?.[0].length ?? 0);
  const token = TOKEN.exec(source.slice(at))?.[0];
  if (token === undefined) return parseError(source, source.length, 'unexpected end of input');
  return parseError(source, at, `unexpected ${JSON.stringify(token.slice(0, 64))}`);
}

const WORDS =
  /^(?:and|or|unless|atan2|bool|on|ignoring|group_left|group_right|by|without|offset|fill|fill_left|fill_right|sum|avg|min|max|count|group|stddev|stdvar|topk|bottomk|count_values|quantile|limitk|limit_ratio)$/i;

function isUnknown(name: string): boolean {
  return name !== '' && !WORDS.test(name) && !signatures.has(name);
}

/** The children of a node, in order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}
