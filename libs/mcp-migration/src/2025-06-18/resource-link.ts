import { textOf, without } from '../members.js';
import { contentBlocks } from '../place.js';
import { lossy, none, rulesOf, type Change } from '../rule.js';

const linkMembers = ['uri', 'name', 'title', 'description', 'mimeType', 'size', 'icons'];

const asText: Change = (block, work) => {
  if (block['type'] !== 'resource_link') return block;
  work.dropped();
  const { uri, name, title, description, mimeType, size } = block;
  const facts = [textOf(mimeType), typeof size === 'number' ? `${size} bytes` : undefined].filter(Boolean).join(', ');
  const more = [textOf(description), facts && `(${facts})`].filter(Boolean).join(' ');
  const link = `[${textOf(title) ?? textOf(name) ?? ''}](${textOf(uri) ?? ''})`;
  return { ...without(block, ...linkMembers), type: 'text', text: more ? `${link} — ${more}` : link };
};

export const resourceLinkRules = rulesOf('2025-06-18', {
  'resource-link': {
    title: 'Links to resources',
    up: none,
    down: lossy('A text block names the resource as a Markdown link, with its description, media type and size.'),
    changes: [{ at: contentBlocks, down: asText }],
  },
});
