import type { Channel, TemplateContent } from '@scm/contracts';

/** What words a notification while the workspace has no template for it: version 0 of `default`. */
export const builtInTemplates: Record<Channel, TemplateContent> = {
  inbox: { channel: 'inbox', title: '{{ title }}', body: '{{ body }}' },
  webhook: { channel: 'webhook', body: '{{ payload | json }}' },
  email: {
    channel: 'email',
    title: '{% if severity == "critical" %}[critical] {% endif %}{{ title }}',
    body: `{{ body }}
{% if data.alert %}
{% for label in data.alert.labels %}{{ label[0] }}: {{ label[1] }}
{% endfor %}value: {{ data.alert.value }}
since: {{ data.alert.startsAt }}
{% endif %}
--
System Context Monitor, {{ topic }}, {{ createdAt }}
`,
    html: `<!doctype html>
<html>
<body style="font-family: sans-serif">
<h2>{{ title }}</h2>
<p style="white-space: pre-wrap">{{ body }}</p>
{% if data.alert %}<table>
{% for label in data.alert.labels %}<tr><th align="left">{{ label[0] }}</th><td>{{ label[1] }}</td></tr>
{% endfor %}<tr><th align="left">value</th><td>{{ data.alert.value }}</td></tr>
<tr><th align="left">since</th><td>{{ data.alert.startsAt }}</td></tr>
</table>
{% endif %}<p style="color: gray">System Context Monitor, {{ topic }}, {{ createdAt }}</p>
</body>
</html>
`,
  },
};
