import { dropping, droppingIn } from '../changes.js';
import { contentBlocks, inRequest, prompts, resources, templates, tools } from '../place.js';
import { lossy, none, rulesOf, type Change } from '../rule.js';

// Free keys are members that the older revision does not forbid.
const withoutMeta: Change = (value, work) => (work.context.isStrict ? dropping('_meta')(value, work) : value);

export const memberRules = rulesOf('2025-06-18', {
  'last-modified': {
    title: 'When something was last modified',
    up: none,
    down: lossy('Dropped.'),
    changes: [{ at: [...resources, ...templates, ...contentBlocks], down: droppingIn('annotations', 'lastModified') }],
  },
  'nested-meta': {
    title: '`_meta` of tools, resources, prompts and content',
    up: none,
    down: lossy('Kept; dropped only for peers that refuse members they do not know.'),
    changes: [{ at: [...tools, ...resources, ...templates, ...prompts, ...contentBlocks], down: withoutMeta }],
  },
  'completion-context': {
    title: 'The known arguments of a completion',
    up: none,
    down: lossy('Dropped: the values do not depend on them.'),
    changes: [{ at: [inRequest(['completion/complete'])], down: dropping('context') }],
  },
  'template-reference': {
    title: 'The name of references to resource templates',
    up: none,
    down: none,
  },
});
