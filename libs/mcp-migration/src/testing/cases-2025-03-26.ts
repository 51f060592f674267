import { of, type Case } from './case.js';

const sample = { role: 'user', model: 'm' };
const audio = { type: 'audio', data: 'eA==', mimeType: 'audio/wav' };
const held = { type: 'resource', resource: { uri: 'mcp-audio:inline', mimeType: 'audio/wav', blob: 'eA==' } };
const named = (protocolVersion: string) => ({
  result: { protocolVersion, capabilities: {}, serverInfo: { name: 's', version: '1' } },
});
const able = (capabilities: object) => ({ result: { capabilities } });
const initialize = { method: 'initialize' };
const call = { method: 'tools/call' };

const version = (direction: 'up' | 'down') => of('2025-03-26/protocol-version', direction, 'lossless', initialize);
const completions = of('2025-03-26/completions', 'up', 'emulated', initialize);
const unknown = of('2025-03-26/completion-unknown', 'up', 'emulated', { method: 'completion/complete' });

export const casesOf0326: Case[] = [
  version('up')(named('2024-11-05'), named('2025-03-26')),
  version('down')(named('2025-03-26'), named('2024-11-05')),
  version('up')(named('1999-01-01'), named('1999-01-01'), { class: undefined as never }),
  of(
    '2025-03-26/audio',
    'down',
    'emulated',
    call,
  )(
    {
      result: {
        content: [
          { ...audio, annotations: { priority: 1 } },
          { type: 'text', text: 't' },
        ],
      },
    },
    {
      result: {
        content: [
          { ...held, annotations: { priority: 1 } },
          { type: 'text', text: 't' },
        ],
      },
    },
  ),
  of('2025-03-26/audio', 'up', 'lossless', call)({ result: { content: [held] } }, { result: { content: [audio] } }),
  of('2025-03-26/audio', 'up', 'lossless', { method: 'prompts/get' })(
    { result: { messages: [{ role: 'user', content: held }] } },
    { result: { messages: [{ role: 'user', content: audio }] } },
  ),
  // What the server itself named like that, and said more of, is not ours.
  of(
    '2025-03-26/audio',
    'up',
    undefined,
    call,
  )(
    { result: { content: [{ ...held, resource: { ...held.resource, more: 1 } }] } },
    { result: { content: [{ ...held, resource: { ...held.resource, more: 1 } }] } },
  ),
  of('2025-03-26/audio-in-sampling', 'down', 'lossy', { sender: 'client', method: 'sampling/createMessage' })(
    { result: { ...sample, content: audio } },
    { result: { ...sample, content: { type: 'text', text: '[audio, audio/wav]' } } },
  ),
  of('2025-03-26/tool-annotations', 'down', 'lossy', { method: 'tools/list' })(
    { result: { tools: [{ name: 't', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] } },
    { result: { tools: [{ name: 't', inputSchema: { type: 'object' } }] } },
  ),
  of(
    '2025-03-26/progress-message',
    'down',
    'lossy',
  )(
    { method: 'notifications/progress', params: { progressToken: 1, progress: 1, message: 'm' } },
    { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
  ),
  completions(able({ prompts: {} }), able({ prompts: {}, completions: {} })),
  completions(able({ tools: {} }), able({ tools: {} }), { class: undefined as never }),
  of('2025-03-26/completions', 'down', 'lossless', initialize)(able({ completions: {} }), able({})),
  unknown({ error: { code: -32601, message: 'm' } }, { result: { completion: { values: [] } } }),
  unknown(
    { error: { code: -32602, message: 'm' } },
    { error: { code: -32602, message: 'm' } },
    { class: undefined as never },
  ),
];
