/** What each program is tried on. */
export const inputs: readonly unknown[] = [
  null,
  true,
  -2.5,
  'Ada Lovelace',
  [],
  [3, 1, 2, null, 'b', [1], { a: 1 }],
  { a: 1, b: [1, 2, { c: 'x' }], 'a b': null, n: { a: { b: 2 } }, s: 'foo bar foo' },
  [
    { name: 'x', value: 1, tags: ['a', 'b'] },
    { name: 'y', value: 3, tags: [] },
    { name: 'x', value: 2, tags: ['c'] },
  ],
];

/** One or more programs for each part of the language. */
export const programs: readonly string[] = `
.
..
.a
.a.b
."a b"
.["a b"]
.b[0]
.b[-1]
.b[1:]
.b[:1]
.b[:-1]
.[1:2]
.[]
.[]?
.a?
.b[]?
.a[0]?
.n.a.b
.n["a"].b
[.[]?]
[.[]? | .name?]
{a: 1, "b": 2, ("c" + "d"): 3}
{a}
{"a b"}
{a, n}
{(.a | tostring): 1}
{a: (1, 2), b: (3, 4)}
{"x": .a, y: .b}
[1, 2, 3]
[]
{}
1, 2
(1, 2) | . + 1
-1
-(1 + 2)
1 + 2 * 3 - 4 / 2
7 % 3
-7 % 3
5 % -3
1 / 3
1 / 0
. + 1
. + null
"a" + "b"
[1, 2] + [3]
{a: 1} + {b: 2}
{a: {b: 1}} * {a: {c: 2}}
[1, 2, 1] - [1]
"abc" * 2
"abc" * 0
"a,b" / ","
1 == 1.0
"a" < "b"
[1] < [1, 0]
{} < []
null < false
.a == 1
.a != 1
.a and true
.a or false
not
(true, false) and (true, false)
(true, false) or (true, false)
.a // "none"
.x // .y // 3
(null, false, 1) // 2
empty // 5
[.[]? // "d"]
if . then 1 else 2 end
if .a? == 1 then "one" elif .a? == 2 then "two" else "many" end
if . == null then "null" end
if empty then 1 else 2 end
try error("x") catch .
try error({a: 1}) catch .a
try (1 / 0) catch "caught"
[.[]? | try error catch .]
(try error("x") catch .) | length
error
error(null)?
try (1, error("x"), 3) catch .
reduce .[]? as $x (0; . + 1)
reduce range(5) as $i ([]; . + [$i * 2])
reduce empty as $x (7; . + 1)
[foreach range(5) as $i (0; . + $i)]
[foreach range(5) as $i (0; . + $i; [$i, .])]
. as $x | [$x, $x]
[1, [2, 3]] as [$a, [$b]] | $a + $b
{a: 1, b: {c: 2}} as {a: $x, b: {c: $y}} | [$x, $y]
{a: 1} as {$a} | $a
{"k": 3} as {("k"): $v} | $v
[[1, 2], [3, 4]] | [.[] as [$a, $b] | {a: $a, b: $b}]
[[3]] | .[] as [$a] ?// $a | $a
. as [$a] ?// $a | 1
label $out | 1, break $out, 2
[label $f | range(10) | ., (select(. == 3) | break $f)]
def f: . + 1; 3 | f | f
def f(g): [g, g]; f(1, 2)
def f($a; $b): $a + $b; f(1; 2)
def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 10 | fac
def f(x): x * 2; def g: f(.); 4 | g
def map2(f): [.[] | f]; [1, 2] | map2(. + 10)
"\\(1 + 2) and \\("in" + "ner")"
"a\\(1, 2)b"
"\\(.)"
@json
@text
@base64 "x\\(.)"
[1, "a", null, true] | @csv
[1, "a\\tb"] | @tsv
"<&'\\">" | @html
"ü /?&=" | @uri
"it's" | @sh
"aGVsbG8=" | @base64d
@json "v: \\([1, "a"])"
length
utf8bytelength?
keys
keys_unsorted
[.[]? | length?]
has("a")
has(0)
map(. )
map_values(1)
map_values(empty)
type
[.[]? | type]
add
add(.[]?)
any
all
[true, false] | any, all
[1, 2, 3] | any(. > 2), all(. > 0)
[[1, [2]], 3] | flatten
[[1, [2]], 3] | flatten(1)
[range(3)]
[range(2; 5)]
[range(0; 10; 3)]
[range(5; 0; -2)]
[range(0, 1; 3, 4)]
floor
[1.5, -1.5] | map(floor, ceil, round, fabs)
[4, 2] | map(sqrt)
pow(2; 10)
[1, 100] | map(log10)
tostring
tonumber
"12" | tonumber
"1e3" | tonumber
"x" | tonumber
[.[]? | tostring]
tojson
"[1,{\\"a\\":2}]" | fromjson
ascii_downcase
ascii_upcase
explode
[65, 66] | implode
ltrimstr("Ada ")
rtrimstr("lace")
startswith("Ada")
endswith("lace")
"  x " | trim, ltrim, rtrim
split(" ")
"a,b, c" | split(", *"; null)
"a1b2" | [splits("[0-9]")]
["a", "b", 1, null, true] | join("-")
[] | join(",")
"test" | test("T")
"test" | test("T"; "i")
"foo bar" | match("o+")
"foo bar foo" | [match("foo"; "g").offset]
"xyz" | capture("(?<a>x)(?<n>y)")
"abc" | [scan("[a-b]")]
"abAB" | [scan("(a)(b)"; "i")]
"foo bar" | sub("o"; "0")
"foo bar" | gsub("o"; "0")
"abc" | gsub("(?<x>[a-c])"; "\\(.x)-")
"aXbX" | gsub("x"; "_"; "i")
"abc" | gsub("$"; "!")
"foo" | gsub("^"; ">")
sort
[3, 1, 2] | sort
sort_by(.name?)
[{a: 2}, {a: 1}] | sort_by(.a)
[{a: 2, b: 1}, {a: 1, b: 2}, {a: 2, b: 0}] | sort_by(.a, .b)
group_by(.name?)
[{a: 1, b: 1}, {a: 2}, {a: 1}] | group_by(.a)
[1, 2, 1] | unique
[{a: 1, b: 1}, {a: 1, b: 2}] | unique_by(.a)
[3, 1, 2] | min, max
[] | min, max
[{a: 3}, {a: 1}] | min_by(.a), max_by(.a)
reverse
[1, 2, 3] | reverse
"abc" | reverse
contains("Ada")
{a: [1, 2, {b: "foobar"}]} | contains({a: [{b: "foo"}]})
"foobar" | inside("a foobar b")
[1, 2] | contains([2])
indices("foo")
"a,b, cd" | indices(", ")
[0, 1, 2, 1, 3, 1] | indices(1), indices([1, 3])
"abcb" | index("b"), rindex("b")
to_entries
[{key: "a", value: 1}] | from_entries
[{name: "a", value: 1}] | from_entries
[{k: "b", v: 2}] | from_entries
[{key: "a", v: 3}, {Name: "b", Value: 3}] | from_entries
{a: 1, b: 2} | with_entries(.value += 1)
{a: 1, b: 2} | with_entries(select(.value > 1))
[paths]
[paths(type == "number")]
path(.a)
[path(..)]
path(.a[0].b?)
[path(.b[]?)]
path(.a | select(. == 1))
getpath(["n", "a"])
getpath(["x", "y"])
setpath(["a"]; 5)
setpath(["x", "y"]; 1)
{a: [1, 2, 3]} | delpaths([["a", 0], ["a", 1]])
del(.a)
del(.b[0])
[1, 2, 3, 4] | del(.[1, 2])
[1, 2, 3] | del(.[] | select(. > 1))
{a: 1, b: 2} | del(.a, .b)
to_entries?
.a = 5
.a |= . + 1
.a += 1
.a -= 1
.a *= 3
.a //= 9
.x //= 9
.b[0] = 9
.b[1:] = [7]
.n.a.b |= . * 2
.a = (1, 2)
.a += (1, 2)
[1, 2, 3] | .[1] = null
[1, 2, 3] | .[5] = 1
[1, 2, 3] | .[-1] |= . + 1
[1, 2, 3] | map(select(. != 2))
[1, 2, 3] | .[] += 1
[1, 2, 3] | (.[] | select(. > 1)) |= . * 10
[1, 2, 3] | (.[] | select(. > 1)) |= empty
{a: [1, 2]} | .a[1] |= "x"
to_entries | map(.key)
[limit(3; range(10))]
[limit(0; 1, 2)]
[first(range(10))]
first(empty)
[.[]?] | first
[.[]?] | last
[last(range(5))]
nth(1; range(5))
[skip(2; range(5))]
[until(. == null or true; .)]
[1 | while(. < 10; . * 2)]
[1 | until(. > 100; . * 3)]
[limit(5; 1 | repeat(. * 2))]
[2 | recurse(if . < 20 then . * . else empty end)]
[recurse | numbers]
[.. | scalars]
[1, "a", null, [], {}, true] | map(numbers, strings, nulls, arrays, objects, booleans)
isempty(empty), isempty(1)
[splits("a")]?
transpose?
[[1, 2], [3]] | transpose
[[1, 2], [3, 4]] | combinations
[0, 1] | [combinations(2)]
walk(if type == "number" then . + 1 else . end)
[1, [2, {"a": 3}]] | walk(if type == "array" then reverse else . end)
{a: 1, b: {c: 2}} | pick(.b.c)
[1, 2, 3] | pick(.[1])
[[1, 2], [1]] | map(in([[5, 6], [7, 8]]; 0))?
"a" | in({"a": 1})
[1, 3, 5] | bsearch(3), bsearch(4), bsearch(0)
1700000000 | todate
"2023-11-14T22:13:20Z" | fromdate
1700000000 | gmtime
1700000000 | strftime("%A, %B %d, %Y")
1700000000 | strftime("%Y-%m-%dT%H:%M:%SZ")
"2015-03-05T23:51:47Z" | strptime("%Y-%m-%dT%H:%M:%SZ")
"2015-03-05T23:51:47Z" | strptime("%Y-%m-%dT%H:%M:%SZ") | mktime
[1, 2] | tojson | fromjson
{a: 1} | tojson
splits
undefined_function
.a.b.c
.[0].name?
map(.value) 
[.[] | select(.value > 1) | .name]
group_by(.name) | map({name: .[0].name, total: map(.value) | add})
reduce .[] as {name: $n, value: $v} ({}; .[$n] += $v)
map({(.name): .value}) | add
[.[] | .tags[]]
[.[] | {name, first: .tags[0]}]
.[0] * .[1]
@base32?
[1, [2]] | getpath([1, 0])
tojson | length
[.[]? | objects | keys]
[-1, 1] | map(abs)
[1, 2, 3] | have_literal_numbers
ltrimstr(1)
"abc" | .[1:2]
"abc" | .[1:]
"abc" | .[-2:]
null | .[1:2]
[1, 2, 3] | .[1.7]
[1, 2, 3] | .[null:2]
{} | .a.b.c
{} | .a[1:2]
try (null | implode) catch "bad"
. as {a: $x} | $x
. as [$x] | $x
[.] | tostring
[limit(5; 1 | repeat(. + 1, 10))]
[error("x") // 1]
"abc" * -1
"abc" * 0.5
"aba" | trimstr("a")
2 | IN(1, 2)
[{a: 1, b: 2}, {a: 1, b: 3}] | INDEX(.a)
"aé" | utf8bytelength
{} | .["a", "b"] = 1
{} | .a.b |= 3
{(1, 2 | tostring): 3}
[1, 2, 3] | to_entries
[1, [2, 3]] | flatten(0)
[1, [2]] | tostream
null | keys
5 | .[0:1]
5 | getpath(["a"])?
"x" | has(0)
[.[]? | .a?]
[.. | .a?]
.[1:]?
"%41" | @urid
[{a: 1}, {a: null}] | sort_by(.a)
limit(1; error)
`
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => line.replaceAll('\\\\', '\\'));
