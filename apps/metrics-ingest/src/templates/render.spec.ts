import { describe, expect, it } from '@jest/globals';
import { Template } from './render.js';
import { TemplateFault } from './template-fault.js';

const labels = { instance: 'web-1.example.org:9100', job: 'node', severity: 'page' };
const answers = [
  { labels: { instance: 'b' }, value: 2 },
  { labels: { instance: 'a' }, value: 1 },
];

async function filled(text: string, value = 1_234.5): Promise<string> {
  return new Template(text).render(labels, value, async (expr) => (expr === 'up' ? answers : []));
}

describe('templates', () => {
  it.each([
    ['{{ $labels.instance }} of {{ $labels.job }}: {{ $value }}', 'web-1.example.org:9100 of node: 1234.5'],
    ['{{ .Labels.job }} {{ .Value }} {{ $.Labels.job }}', 'node 1234.5 node'],
    ['[{{ $labels.missing }}]', '[]'],
    ['{{ $value | humanize }} {{ humanize1024 $value }}', '1.234k 1.206ki'],
    [
      '{{ 0.1234 | humanizePercentage }} {{ humanizeDuration 3723 }} {{ humanizeDuration 0.012 }}',
      '12.34% 1h 2m 3s 12ms',
    ],
    ['{{ humanizeDuration 100000 }} {{ humanizeDuration 1.5 }}', '1d 3h 46m 40s 1.5s'],
    ['{{ 1435065584.128 | humanizeTimestamp }}', '2015-06-23 13:19:44.128 +0000 UTC'],
    ['{{ printf "%.2f %5d|%-4s|%q %g %v%%" 3.14159 42 "ab" "c" 1e6 $value }}', '3.14    42|ab  |"c" 1e+06 1234.5%'],
    ['{{ if gt $value 1000.0 }}high{{ else if gt $value 100.0 }}middle{{ else }}low{{ end }}', 'high'],
    ['{{ if eq $labels.severity "page" "ticket" }}a{{ end }}{{ if not $labels.none }}b{{ end }}', 'ab'],
    ['a {{- /* gone */ -}} b', 'ab'],
    ['a  {{- " b " -}}   c', 'a b c'],
    ['{{ $x := $labels.job }}{{ $x | toUpper }} {{ title "a bc" }}', 'NODE A Bc'],
    ['{{ range query "up" | sortByLabel "instance" }}{{ .Labels.instance }}={{ .Value }} {{ end }}', 'a=1 b=2 '],
    ['{{ range $i, $s := query "up" }}{{ $i }}{{ label "instance" $s }}{{ end }}', '0b1a'],
    ['{{ with query "up" }}{{ . | first | value }}{{ end }}{{ with query "down" }}x{{ else }}none{{ end }}', '2none'],
    ['{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }}', 'web-1.example.org web-1:9100'],
    [
      '{{ reReplaceAll "(.*):.*" "$1" $labels.instance }} {{ match "^web" $labels.instance }}',
      'web-1.example.org true',
    ],
    ['{{ len (query "up") }} {{ index $labels "job" }} {{ (printf "%s" "x") }}', '2 node x'],
    ['{{ and true "" }}{{ or "" "b" }}', 'b'],
  ])('fill in %s', async (text, expected) => {
    expect(await filled(text)).toBe(expected);
  });

  it.each([
    [0, '0'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [1e21, '1e+21'],
    [123456789, '1.23456789e+08'],
    [0.00001, '1e-05'],
    [100, '100'],
  ])('write %p as Go does: %s', async (value, text) => {
    expect(await filled('{{ $value }}', value)).toBe(text);
  });

  it.each([
    ['{{ $value', 'without its }}'],
    ['{{ nope $value }}', 'unknown function nope'],
    ['{{ if $value }}', 'without its {{ end }}'],
    ['{{ end }}', 'without its beginning'],
    ['{{ }}', 'empty action'],
    ['{{ $value $value }}', 'no function'],
    ['{{ $value | 3 }}', 'no function'],
    ['{{ template "x" }}', 'which rules do not have'],
    ['{{ ( $value }}', 'without its )'],
    ['{{ # }}', 'means nothing'],
    [`${'{{ if 1 }}'.repeat(40)}${'{{ end }}'.repeat(40)}`, 'nested deeper'],
    ['x'.repeat(20_000), 'longer than'],
  ])('refuse %s', (text, reason) => {
    expect(() => new Template(text)).toThrow(TemplateFault);
    expect(() => new Template(text)).toThrow(reason);
  });

  it.each([
    ['{{ $none }}', 'unknown variable'],
    ['{{ $value.x }}', 'no fields'],
    ['{{ query "none" | first }}', 'the first of nothing'],
    ['{{ humanize "x" }}', 'for a number'],
    ['{{ match "(" "x" }}', 'no valid pattern'],
  ])('say what filling in %s runs into', async (text, reason) => {
    await expect(filled(text)).rejects.toThrow(reason);
  });

  it('cut what would be too long', async () => {
    expect(await filled('{{ printf "%256s" "x" }}'.repeat(100))).toHaveLength(4_096);
  });
});
