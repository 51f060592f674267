import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { dropping } from '../changes.js';
import { without } from '../members.js';
import { inResult, tools } from '../place.js';
import { emulated, lossy, none, rulesOf, type Change } from '../rule.js';

const asText: Change = (result, work) => {
  const { structuredContent, content } = result;
  if (structuredContent === undefined) return result;
  work.emulated('structuredContent');
  const text = JSON.stringify(structuredContent);
  const blocks: unknown[] = Array.isArray(content) ? content : [];
  const rest = without(result, 'structuredContent');
  return carries(blocks, text, structuredContent) ? rest : { ...rest, content: [...blocks, { type: 'text', text }] };
};

function carries(blocks: unknown[], text: string, value: unknown): boolean {
  // A value that was wrapped for this client stands in the text as the server wrote it.
  const wrapped = isJsonObject(value) && Object.keys(value).length === 1 ? JSON.stringify(value['result']) : undefined;
  return blocks.some((block) => {
    if (!isJsonObject(block) || typeof block['text'] !== 'string') return false;
    const said = block['text'];
    return (
      said === text ||
      said === wrapped ||
      compact(said, text) === text ||
      (!!wrapped && compact(said, wrapped) === wrapped)
    );
  });
}

/** JSON text without its spaces, where it could be the one looked for. */
function compact(text: string, wanted: string): string | undefined {
  if (text.length < wanted.length || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text) as JsonObject);
  } catch {
    return undefined;
  }
}

export const structuredContentRules = rulesOf('2025-06-18', {
  'output-schema': {
    title: 'The schema of what a tool gives',
    up: none,
    down: lossy('Dropped.'),
    changes: [{ at: tools, down: dropping('outputSchema') }],
  },
  'structured-content': {
    title: 'Structured results of tools',
    up: none,
    down: emulated('The JSON stands in a text block, which is added where there is none.'),
    changes: [{ at: [inResult(['tools/call'])], down: asText }],
  },
});
