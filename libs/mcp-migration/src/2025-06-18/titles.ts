import { isJsonObject } from '@scm/mcp-messages';
import { dropping } from '../changes.js';
import { without } from '../members.js';
import { implementations, inRequest, promptArguments, prompts, resources, templates, tools } from '../place.js';
import { lossy, none, rulesOf, type Change } from '../rule.js';

const asAnnotation: Change = (tool, work) => {
  const { title, annotations } = tool;
  if (title === undefined) return tool;
  const hints = isJsonObject(annotations) ? annotations : {};
  if (typeof title !== 'string' || hints['title'] !== undefined) {
    if (hints['title'] !== title) work.dropped('title');
    return without(tool, 'title');
  }
  work.emulated('title');
  return { ...without(tool, 'title'), annotations: { ...hints, title } };
};

const named = [...resources, ...templates, ...prompts, ...promptArguments, ...implementations];

export const titleRules = rulesOf('2025-06-18', {
  'tool-title': {
    title: 'Titles of tools',
    up: none,
    down: lossy('Moved to `annotations.title`; dropped where another one stands there.'),
    changes: [{ at: tools, down: asAnnotation }],
  },
  titles: {
    title: 'Titles of resources, prompts, their arguments, and of software',
    up: none,
    down: lossy('Dropped; the name stays.'),
    changes: [{ at: [...named, inRequest(['completion/complete'], 'ref')], down: dropping('title') }],
  },
});
