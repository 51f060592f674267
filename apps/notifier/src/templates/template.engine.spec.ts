import { describe, expect, it } from '@jest/globals';
import { checkTemplate, renderTemplate, TemplateError } from './template.engine.js';
import { sampleNotification, variablesOf } from './template.variables.js';

const variables = variablesOf(sampleNotification());
const render = (text: string, form?: 'text' | 'html') => renderTemplate(text, variables, form);

describe('a template', () => {
  it.each([
    ['{{ title }}', 'Firing: HostBusy'],
    ['{{ data.alert.labels.instance | upcase }}', 'WEB-1'],
    [
      '{% for l in data.alert.labels %}{{ l[0] }}={{ l[1] }};{% endfor %}',
      'alertname=HostBusy;instance=web-1;severity=critical;',
    ],
    ['{% if severity == "critical" %}!{% else %}-{% endif %}', '!'],
    ['{{ data.no.such.thing | default: "none" }}', 'none'],
    ['{"text": {{ body | json }}}', '{"text": "Load 7.5 on web-1"}'],
    ['{{ createdAt | date: "%Y" }}', '2026'],
  ])('%s gives %s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });

  it('escapes in HTML what is put in', () => {
    const told = { title: '<script>alert("x")</script>' };
    expect(renderTemplate('<b>{{ title }}</b>', told, 'html')).toBe(
      '<b>&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;</b>',
    );
  });

  it.each([
    ['{{ title', 'line 1, column 1: output "{{ title" not closed'],
    ['one\n  {% if %}x', 'line 2, column 8: invalid value expression'],
    ['{{ title | raw }}', 'line 1, column 1: undefined filter: raw'],
    ['a\n{{ title | strip_html }}', 'line 2, column 1: undefined filter: strip_html'],
    ['{% include "x" %}', 'line 1, column 1: tag "include" not found'],
    ['{% render "/etc/passwd" %}', 'line 1, column 1: tag "render" not found'],
    ['{% layout "x" %}', 'line 1, column 1: tag "layout" not found'],
    ['{% tablerow x in y %}{% endtablerow %}', 'line 1, column 1: tag "tablerow" not found'],
  ])('%j is refused with its place', (text, message) => {
    expect(() => checkTemplate(text)).toThrow(TemplateError);
    expect(() => checkTemplate(text)).toThrow(message);
  });

  it.each([
    '{{ title.constructor }}',
    '{{ data.__proto__ }}',
    '{{ data.constructor.constructor }}',
    '{{ data["__proto__"]["polluted"] }}',
    '{{ data.alert.labels.hasOwnProperty }}',
    '{{ data | map: "constructor" }}',
    '{{ toString }}{{ process }}{{ global }}{{ require }}',
  ])('%s reaches nothing', (text) => {
    expect(render(text).replace(/[[\]",]/g, '')).toBe('');
  });

  it.each([
    ['{% for a in (1..100000000) %}x{% endfor %}'],
    ['{% for a in (1..3000) %}{% for b in (1..3000) %}{% for c in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}'],
    ['{% assign s = "xxxxxxxxxx" %}{% for a in (1..100) %}{% assign s = s | append: s %}{% endfor %}{{ s }}'],
    ['{{ createdAt | date: "%999999999Y" }}'],
    ['{% for a in (1..60000) %}0123456789{% endfor %}'],
    ['{% assign a = "x" %}{% for i in (1..1000) %}{% assign a = a | replace: "x", "xxxxxxxxxxxxxxxx" %}{% endfor %}'],
  ])('%s ends as an error', (text) => {
    expect(() => render(text)).toThrow(TemplateError);
  });
});
