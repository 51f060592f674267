import { dropping } from '../changes.js';
import { contentBlocks, implementations, prompts, resources, templates, tools } from '../place.js';
import { lossy, none, rulesOf, type Change } from '../rule.js';

const dropIcons = dropping('icons');

const ofLinks: Change = (block, work) => (block['type'] === 'resource_link' ? dropIcons(block, work) : block);

export const iconRules = rulesOf('2025-11-25', {
  icons: {
    title: 'Icons',
    up: none,
    down: lossy('Dropped.'),
    changes: [
      { at: [...tools, ...resources, ...templates, ...prompts, ...implementations], down: dropIcons },
      { at: contentBlocks, down: ofLinks },
    ],
  },
  'software-description': {
    title: 'Description and website of software',
    up: none,
    down: lossy('Dropped.'),
    changes: [{ at: implementations, down: dropping('description', 'websiteUrl') }],
  },
});
