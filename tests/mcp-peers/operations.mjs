import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const firstText = ({ content }) => content.find(({ type }) => type === 'text')?.text;

/**
 * What a client does with an upstream. `peer` hides which SDK the client is of; `has` says whether the upstream has a tool.
 * Each throws when what comes back is not what the upstream gave. `undefined` means that one side has no such thing.
 */
export const operations = {
  ping: ({ ping }) => ping,
  'tools/list': (peer) => async () => {
    const names = (await peer.listTools()).map(({ name }) => name);
    for (const name of ['echo', 'rich', 'count']) assert.ok(names.includes(name), `no tool ${name} among ${names}`);
  },
  'tools/call': (peer) => async () => assert.equal(firstText(await peer.call('echo', { text: 'hi' })), 'hi'),
  'tools/call that fails': (peer) => async () => assert.equal((await peer.call('fail')).isError, true),
  'tools/call of no tool': (peer) => async () => {
    const { isError } = await peer.call('nothing').catch(() => ({ isError: true }));
    assert.equal(isError, true);
  },
  'tools/call with every content': (peer) => async () => {
    const { content } = await peer.call('rich');
    assert.ok(content.length >= 3, `${content.length} blocks`);
    assert.equal(firstText({ content }), 'rich');
  },
  'tools/call with structure': (peer) =>
    peer.has('structured') &&
    (async () => {
      const result = await peer.call('structured');
      assert.deepEqual(result.structuredContent ?? JSON.parse(firstText(result)), { sum: 3 });
    }),
  progress: (peer) => async () => {
    const seen = [];
    await peer.call('count', {}, (progress) => seen.push(progress.progress));
    assert.deepEqual(seen, [1, 2, 3]);
  },
  logging: (peer) => async () => {
    await peer.setLevel('debug');
    await peer.call('log');
    await until(() => peer.logged.some(({ data }) => data === 'careful'), 'a log message');
  },
  'resources/list': (peer) => async () => {
    const uris = (await peer.listResources()).map(({ uri }) => uri);
    assert.ok(uris.includes('peer://note') && uris.includes('peer://pixel'), String(uris));
  },
  'resources/read': (peer) => async () => {
    assert.equal((await peer.read('peer://note')).contents[0].text, 'a note');
    assert.ok((await peer.read('peer://pixel')).contents[0].blob.length > 50);
  },
  'resources/read of none': (peer) => () => assert.rejects(peer.read('peer://none')),
  'resources/templates/list': (peer) => async () =>
    assert.deepEqual(
      (await peer.listTemplates()).map(({ uriTemplate }) => uriTemplate),
      ['peer://notes/{id}'],
    ),
  'resources/subscribe': (peer) => async () => {
    await peer.subscribe('peer://note');
    await peer.call('touch');
    await until(() => peer.updated.includes('peer://note'), 'an update');
  },
  'prompts/list': (peer) => async () =>
    assert.deepEqual(
      (await peer.listPrompts()).map(({ name }) => name),
      ['greet'],
    ),
  'prompts/get': (peer) => async () => {
    const { messages } = await peer.prompt('greet', { who: 'Ada' });
    assert.equal(messages[0].content.text, 'Greet Ada');
  },
  'completion/complete': (peer) => async () => assert.deepEqual(await peer.complete('Par'), ['Paris']),
  sampling: (peer) => async () => assert.equal(firstText(await peer.call('ask-model')), 'Paris'),
  roots: (peer) => async () => assert.equal(firstText(await peer.call('ask-roots')), 'file:///home/ada'),
  elicitation: (peer) =>
    peer.has('ask-user') &&
    (async () => {
      // A client that cannot ask its user is spared the question, or declines it.
      const expected = peer.canElicit ? /^accept Ada$/ : /./;
      assert.match(String(firstText(await peer.call('ask-user').catch(({ message }) => refusal(message)))), expected);
    }),
};

const refusal = (message) => ({ content: [{ type: 'text', text: message }] });

/** Runs them all in order; gives `ok`, `none` or the error of each. */
export async function runAll(peer) {
  const results = {};
  for (const [name, make] of Object.entries(operations)) {
    const work = make(peer);
    results[name] = work ? await attempt(work) : 'none';
  }
  return results;
}

async function attempt(work) {
  try {
    await Promise.race([work(), sleep(15_000, undefined, { ref: false }).then(() => assert.fail('no answer in 15 s'))]);
    return 'ok';
  } catch (error) {
    return String(error?.message ?? error).slice(0, 400);
  }
}

async function until(condition, what) {
  for (let i = 0; i < 250; i++) {
    if (condition()) return;
    await sleep(20);
  }
  assert.fail(`${what} did not come`);
}
