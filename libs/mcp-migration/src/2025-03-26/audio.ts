import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { without } from '../members.js';
import { contentBlocks, samplingBlocks } from '../place.js';
import { emulated, lossless, lossy, none, rulesOf, type Change } from '../rule.js';

/** The URI by which an embedded resource is known to be audio. */
const audioUri = 'mcp-audio:inline';

const asResource: Change = (block, work) => {
  const { type, data, mimeType } = block;
  if (type !== 'audio') return block;
  work.emulated();
  return { ...without(block, 'data', 'mimeType'), type: 'resource', resource: { uri: audioUri, mimeType, blob: data } };
};

const asAudio: Change = (block) => {
  const { type, resource } = block;
  if (type !== 'resource' || !isJsonObject(resource) || !isInlineAudio(resource)) return block;
  return { ...without(block, 'resource'), type: 'audio', data: resource['blob'], mimeType: resource['mimeType'] };
};

function isInlineAudio(resource: JsonObject): boolean {
  const { uri, mimeType, blob } = resource;
  const isWhole = typeof mimeType === 'string' && typeof blob === 'string' && Object.keys(resource).length === 3;
  return uri === audioUri && isWhole && !('data' in resource);
}

const asText: Change = (block, work) => {
  if (block['type'] !== 'audio') return block;
  work.dropped();
  const { mimeType } = block;
  return { ...without(block, 'data', 'mimeType'), type: 'text', text: `[audio, ${String(mimeType)}]` };
};

export const audioRules = rulesOf('2025-03-26', {
  audio: {
    title: 'Audio from tools and prompts',
    up: lossless(`An embedded resource whose URI is \`${audioUri}\` is audio again.`),
    down: emulated(`An embedded resource whose URI is \`${audioUri}\` holds the audio.`),
    changes: [{ at: contentBlocks, up: asAudio, down: asResource }],
  },
  'audio-in-sampling': {
    title: 'Audio in sampling',
    up: none,
    down: lossy('A text says that there was audio, and of which media type: sampling had no resources to hold it.'),
    changes: [{ at: samplingBlocks, down: asText }],
  },
});
