import { randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '@scm/contracts';
import { Database, migrate } from '@scm/database';
import type { JsonObject } from '@scm/mcp-messages';
import { SecretBox } from '@scm/service';
import { createDatabase, type TestDatabase } from '@scm/testing';
import { database as declaration } from '../database.js';
import type { Exchange } from './exchange.js';
import { RequestStateSeal } from './request-state.js';
import { UsedStatesRepository } from './used-states.repository.js';

const MUTATIONS = 10_000;
const HOUR_MS = 3_600_000;
const ann: Actor = { kind: 'user', id: 'ann', name: 'ann', workspaceId: '00000000-0000-4000-8000-000000000001' };
const params: JsonObject = { name: 'book', arguments: { from: 'here', to: { city: 'there', stops: [1, 2] } } };

let server: TestDatabase;
let database: Database;
let seal: RequestStateSeal;

beforeAll(async () => {
  server = await createDatabase();
  const password = randomBytes(12).toString('hex');
  const suite = randomBytes(4).toString('hex');
  const url = server.urlFor(`scm_mcp_request_${suite}`, password);
  const systemUrl = server.urlFor(`scm_mcp_system_${suite}`, password);
  await migrate(declaration, { url, systemUrl, ownerUrl: server.url });
  database = await Database.open(declaration, { url, systemUrl });
  seal = new RequestStateSeal(new SecretBox(randomBytes(32)), new UsedStatesRepository(database));
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
});

const exchange = (changed: Partial<Exchange> = {}): Exchange => ({
  method: 'tools/call',
  params,
  actor: ann,
  signal: new AbortController().signal,
  notify: () => {},
  ...changed,
});

const sealed = (): string => String(seal.close(exchange(), { requestState: 'step 2' })['requestState']);

/** What comes back with the state: undefined where it is refused. */
async function accepted(requestState: unknown, changed: Partial<Exchange> = {}, now?: number): Promise<unknown> {
  const asked = exchange(changed);
  const retried = { ...asked, params: { ...asked.params, requestState } };
  return seal.open(retried, now).then(
    (opened) => opened['requestState'],
    (error: { code: number }) => {
      expect(error.code).toBe(-32_602);
      return undefined;
    },
  );
}

describe('the state that a client keeps for us', () => {
  it('comes back as it was, once, for the same call in any order of its arguments', async () => {
    const state = sealed();
    const reordered = { arguments: { to: { stops: [1, 2], city: 'there' }, from: 'here' }, name: 'book' };
    expect(await accepted(state, { params: { ...reordered, inputResponses: {}, _meta: {} } })).toBe('step 2');
    expect(await accepted(state)).toBeUndefined();
  });

  it(`is refused in each of ${MUTATIONS} mutations`, async () => {
    const state = sealed();
    const kept: string[] = [];
    for (let i = 0; i < MUTATIONS; i++) {
      const mutated = mutate(state);
      if (mutated !== state && (await accepted(mutated)) !== undefined) kept.push(mutated);
    }
    expect(kept).toEqual([]);
    expect(await accepted(state)).toBe('step 2');
  });

  it.each<[string, Partial<Exchange>]>([
    ['another caller', { actor: { ...ann, id: 'ben' } }],
    ['another kind of caller', { actor: { ...ann, kind: 'api-key' } }],
    ['another workspace', { actor: { ...ann, workspaceId: '00000000-0000-4000-8000-000000000002' } }],
    ['another method', { method: 'prompts/get' }],
    ['another server', { server: 'other' }],
    ['another tool', { params: { ...params, name: 'cancel' } }],
    [
      'other arguments',
      { params: { ...params, arguments: { from: 'here', to: { city: 'elsewhere', stops: [1, 2] } } } },
    ],
    [
      'another order of a list',
      { params: { ...params, arguments: { from: 'here', to: { city: 'there', stops: [2, 1] } } } },
    ],
    ['more arguments', { params: { ...params, more: true } }],
  ])('is refused for %s', async (_, changed) => {
    expect(await accepted(sealed(), changed)).toBeUndefined();
  });

  it('is refused when it is older than half an hour, from another key, or no state', async () => {
    expect(await accepted(sealed(), {}, Date.now() + HOUR_MS)).toBeUndefined();
    const other = new RequestStateSeal(new SecretBox(randomBytes(32)), new UsedStatesRepository(database));
    expect(await accepted(other.close(exchange(), { requestState: 'x' })['requestState'])).toBeUndefined();
    for (const none of ['', 'x', 1, null, {}]) expect(await accepted(none)).toBeUndefined();
  });

  it('is accepted once of many at the same time', async () => {
    const state = sealed();
    const all = await Promise.all(Array.from({ length: 20 }, () => accepted(state)));
    expect(all.filter((found) => found !== undefined)).toEqual(['step 2']);
  });
});

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ';

/** Changed, cut, extended, doubled or moved at some place. */
function mutate(text: string): string {
  const at = randomInt(text.length);
  const letter = ALPHABET[randomInt(ALPHABET.length)] ?? '';
  switch (randomInt(6)) {
    case 0:
      return text.slice(0, at) + letter + text.slice(at + 1);
    case 1:
      return text.slice(0, at);
    case 2:
      return text + letter;
    case 3:
      return text.slice(0, at) + letter + text.slice(at);
    case 4:
      return text.slice(at) + text.slice(0, at);
    default:
      return text.slice(0, at) + text.slice(at + 1);
  }
}
