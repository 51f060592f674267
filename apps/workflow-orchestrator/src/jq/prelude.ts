import type { Definition } from './ast.js';
import { Parser } from './parser.js';
import { tokensOf } from './lexer.js';

/** Built-in filters that are written in jq itself. */
const SOURCE = `
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def recurse(f): def r: ., (f | r); r;
def recurse(f; cond): def r: ., (f | select(cond) | r); r;
def recurse: recurse(.[]?);
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def add(f): reduce f as $x (null; . + $x);
def add: add(.[]);
def any(g; c): isempty(first(g | c | select(.))) | not;
def any(c): (any(.[]; c));
def any: (any(.[]; .));
def all(g; c): isempty(first(g | c | select(. | not)));
def all(c): all(.[]; c);
def all: all(.[]; .);
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $x ({};
  . + {($x | (.key // .name // .Name // .Key // (if .key == false then false else null end))
      | if type == "string" then . elif type == "null" then error("Cannot use null (null) as object key") else tojson end):
    ($x | if has("value") then .value else .Value end)});
def with_entries(f): to_entries | map(f) | from_entries;
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def del(f): delpaths([path(f)]);
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
def range($n): range(0; $n; 1);
def range($from; $to): range($from; $to; 1);
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def nth($n; f): if $n < 0 then error("Out of bounds negative array index") else last(limit($n + 1; f)) end;
def until(cond; update): def u: if cond then . else (update | u) end; u;
def while(cond; update): def w: if cond then ., (update | w) else empty end; w;
def repeat(f): def r: f, r; r;
def in(o): . as $x | o | has($x);
def inside(o): . as $x | o | contains($x);
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todateiso8601: todate;
def fromdate: fromdateiso8601;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def group_by(f): _group_by(map([f]));
def unique_by(f): [_group_by(map([f]))[] | .[0]];
def unique: unique_by(.);
def sort_by(f): _sort_by(map([f]));
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def test(re): test(re; null);
def match(re): match(re; null);
def capture(re; flags): match(re; flags) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def capture(re): capture(re; null);
def scan(re; flags): match(re; "g" + flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def scan(re): scan(re; null);
def splits(re; flags): split(re; flags) | .[];
def splits(re): splits(re; null);
def sub(re; str): sub(re; str; "");
def gsub(re; str; flags): sub(re; str; flags + "g");
def gsub(re; str): sub(re; str; "g");
def ascii_downcase: explode | map(if 65 <= . and . <= 90 then . + 32 else . end) | implode;
def ascii_upcase: explode | map(if 97 <= . and . <= 122 then . - 32 else . end) | implode;
def limit($n; f): if $n > 0 then _limit($n; f) elif $n == 0 then empty else error("Invalid arguments") end;
def skip($n; f): if $n > 0 then foreach f as $x ($n; . - 1; if . < 0 then $x else empty end) elif $n == 0 then f
  else error("Invalid arguments") end;
def have_literal_numbers: true;
def have_decnum: false;
def abs: if type == "number" then (if . < 0 then -. else . end) else -. end;
def trimstr($x): ltrimstr($x) | rtrimstr($x);
def IN(s): (any(s == .; .));
def IN(source; s): (any(source == s; .));
def INDEX(source; f): reduce source as $row ({}; .[$row | f | tostring] |= $row);
def INDEX(f): INDEX(.[]; f);
def sub(re; str; $flags): . as $in | (reduce (match(re; $flags)) as $m ({parts: [""], at: 0};
    .parts[0] += $in[.at:$m.offset] + ($m | [.captures[] | select(.name != null) | {key: .name, value: .string}]
      | from_entries | str) | .at = $m.offset + $m.length)) as $r | $r.parts[0] + $in[$r.at:];
`;

let parsed: Map<string, Definition> | undefined;

/** The definition of a built-in filter that is written in jq. */
export function preludeOf(name: string, arity: number): Definition | undefined {
  parsed ??= readPrelude();
  return parsed.get(`${name}/${arity}`);
}

function readPrelude(): Map<string, Definition> {
  const parser = new Parser(tokensOf(SOURCE));
  const definitions = new Map<string, Definition>();
  while (parser.peek().kind !== 'end') {
    const definition = parser.definition();
    definitions.set(`${definition.name}/${definition.parameters.length}`, definition);
  }
  return definitions;
}
