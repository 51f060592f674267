import { errorCodes, isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { droppingIn } from '../changes.js';
import { clientCapabilities, inRequest, inResult } from '../place.js';
import { lossy, none, refused, rulesOf, type Change } from '../rule.js';
import type { Work } from '../work.js';

const sampling = ['sampling/createMessage'];

const withoutTools: Change = (params, work) => {
  if (params['tools'] !== undefined || params['toolChoice'] !== undefined) throw work.refuse(errorCodes.invalidParams);
  for (const { content } of messagesOf(params)) refuseToolBlocks(content, work);
  return params;
};

const withoutUse: Change = (result, work) => {
  refuseToolBlocks(result['content'], work);
  return result;
};

function refuseToolBlocks(content: unknown, work: Work): void {
  for (const block of Array.isArray(content) ? content : [content]) {
    const type = isJsonObject(block) ? block['type'] : undefined;
    if (type === 'tool_use' || type === 'tool_result') throw work.refuse(errorCodes.invalidParams);
  }
}

function messagesOf({ messages }: JsonObject): JsonObject[] {
  return Array.isArray(messages) ? messages.filter(isJsonObject) : [];
}

const oneBlockEach: Change = (params, work) => {
  const messages = messagesOf(params);
  if (!messages.some(({ content }) => Array.isArray(content))) return params;
  const single = messages.flatMap((message) => {
    const { content } = message;
    if (!Array.isArray(content)) return [message];
    if (content.length !== 1) work.emulated('messages');
    return content.map((block: unknown) => ({ ...message, content: block }));
  });
  return { ...params, messages: single };
};

const oneBlock: Change = (result, work) => {
  const { content } = result;
  if (!Array.isArray(content)) return result;
  const blocks = content.filter(isJsonObject);
  if (blocks.length === 1) return { ...result, content: blocks[0] };
  const texts = blocks.filter(({ type }) => type === 'text');
  if (texts.length < blocks.length) {
    work.dropped('content');
    return { ...result, content: texts.length > 0 ? joined(texts) : blocks[0] };
  }
  work.emulated('content');
  return { ...result, content: joined(texts) };
};

function joined(texts: JsonObject[]): JsonObject {
  return { ...texts[0], type: 'text', text: texts.map(({ text }) => String(text)).join('\n') };
}

export const samplingRules = rulesOf('2025-11-25', {
  'sampling-capability': {
    title: 'Tools and contexts in the capability `sampling`',
    up: none,
    down: lossy('Not declared to the older server, which could not use them.'),
    changes: [{ at: clientCapabilities, down: droppingIn('sampling', 'tools', 'context') }],
  },
  'sampling-tools': {
    title: 'Tools in sampling',
    up: none,
    down: refused('The older peer has none: the request fails, as for a client without the capability.'),
    changes: [
      { at: [inRequest(sampling)], down: withoutTools },
      { at: [inResult(sampling)], down: withoutUse },
    ],
  },
  'sampling-content': {
    title: 'Several blocks in a sampled message',
    up: none,
    down: lossy('A message for each block; in an answer the texts are joined, and what is none is dropped.'),
    changes: [
      { at: [inRequest(sampling)], down: oneBlockEach },
      { at: [inResult(sampling)], down: oneBlock },
    ],
  },
  'include-context': {
    title: 'The capability `sampling.context` for other contexts than none',
    up: none,
    down: none,
  },
});
