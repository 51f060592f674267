import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  accepts,
  findFault,
  judgeEmbeddedRequest,
  judgeNotification,
  judgeRequest,
  methodIn,
  methodsOf,
  protocolRevisions,
  sendersOf,
  type Method,
  type Part,
  type ProtocolRevision,
} from './index.js';
import { definitions } from './testing/definitions.js';
import { instanceOf, mutationsOf, randomOf } from './testing/instances.js';
import { errata, hasSchemas, official, schemaFolder, type Official } from './testing/official.js';

const seed = Number(process.env['MCP_MODELS_SEED'] ?? Date.now() % 1_000_000);
const INSTANCES = Number(process.env['MCP_MODELS_INSTANCES'] ?? 6);

// Without the schemas there is nothing to compare with, which official-schema.spec.ts counts as skipped.
const compared = hasSchemas ? describe : (): void => undefined;

describe('the generator', () => {
  const made = (from: number): unknown =>
    instanceOf({ type: 'object', properties: { a: { type: 'string' }, b: {} } }, {}, randomOf(from));

  it('gives the same for the same seed', () => expect(made(seed)).toEqual(made(seed)));

  it('changes one place at a time', () => {
    const changes = [...mutationsOf({ a: { b: 1 } })].map(({ at }) => at);
    expect(changes).toEqual(expect.arrayContaining(['/ = null', '/a removed', '/a/b removed', '/a/b = 1.5']));
  });
});

compared('the models', () => {
  process.stderr.write(`models: MCP_MODELS_SEED=${seed}; errata: ${errata.map(({ reason }) => reason).join('; ')}\n`);
  describe.each([...protocolRevisions])('of %s', compare);
});

function compare(revision: ProtocolRevision): void {
  const theirs = official(revision);
  const names = Object.keys(theirs.definitions);
  // What services call is to judge the same as the models do.
  const doors: Record<string, (value: unknown) => boolean> = {
    ClientRequest: (value) => judgeRequest(revision, 'client', value) === undefined,
    ServerRequest: (value) => judgeRequest(revision, 'server', value) === undefined,
    ClientNotification: (value) => judgeNotification(revision, 'client', value) === undefined,
    ServerNotification: (value) => judgeNotification(revision, 'server', value) === undefined,
    InputRequest: (value) => judgeEmbeddedRequest(revision, value) === undefined,
  };

  it('are there for every definition', () => {
    expect(names.filter((name) => !(name in definitions))).toEqual([]);
  });

  it.each([
    ['ClientRequest', 'client', 'request'],
    ['ServerRequest', 'server', 'request'],
    ['ClientNotification', 'client', 'notification'],
    ['ServerNotification', 'server', 'notification'],
  ] as const)('of %s are those of the registry', (union, sender, kind) => {
    const sent = methodsOf(revision).filter((name) => {
      const method = methodIn(revision, name) as Method;
      return method.kind === kind && sendersOf(revision, method).includes(sender);
    });
    const named = theirs.definitions[union];
    const refs = named ? (named.anyOf ?? [{ $ref: `#/${union}` }]) : [];
    expect(new Set(sent)).toEqual(new Set(refs.map(({ $ref = '' }) => methodOf(theirs, $ref))));
  });

  it('are those that the registry names for its methods', () => {
    const named = (name: string): Part | undefined => (name in theirs.definitions ? definitions[name] : undefined);
    const wrong = Object.keys(theirs.definitions).filter((name) => {
      const method = methodIn(revision, String(methodOf(theirs, name)));
      // Unions of one message repeat it.
      if (!method || /^(Client|Server)/.test(name)) return false;
      // A request whose result has no definition of its own is answered by the empty one.
      const result = named(name.replace(/Request$/, 'Result')) ?? definitions['EmptyResult'];
      const isRequest = method.kind === 'request';
      return method.message !== definitions[name] || (isRequest && method.result !== result);
    });
    expect(wrong).toEqual([]);
  });

  it('judge generated values and their mutations as the schema does', () => {
    const counts = { instances: 0, accepted: 0, refused: 0 };
    const differences: string[] = [];
    for (const name of names) {
      const model = definitions[name];
      if (!model) continue;
      const random = randomOf(seed + names.indexOf(name));
      for (let n = 0; n < INSTANCES; n += 1) {
        const value = instanceOf({ $ref: `#/${name}` }, theirs.definitions, random);
        counts.instances += 1;
        if (!theirs.accepts(name, value)) differences.push(`${name}: generated ${JSON.stringify(value)} is not valid`);
        for (const mutation of [{ at: 'as it is', value }, ...mutationsOf(value)]) {
          const isValid = theirs.accepts(name, mutation.value);
          const door = doors[name]?.(mutation.value);
          if (door !== undefined && door !== isValid) differences.push(`${name} ${mutation.at}: the door says ${door}`);
          counts[isValid ? 'accepted' : 'refused'] += 1;
          if (accepts(model, revision, mutation.value) === isValid) continue;
          const fault = findFault(model, revision, mutation.value);
          differences.push(`${name} ${mutation.at}: ${fault ? `${fault.pointer} ${fault.message}` : 'accepted'}`);
        }
      }
    }
    process.stderr.write(
      `models of ${revision}: ${names.length} definitions, ${counts.instances} values, ` +
        `${counts.accepted + counts.refused} judged (${counts.accepted} valid), ${differences.length} differences\n`,
    );
    expect(differences.slice(0, 20)).toEqual([]);
  }, 60_000);
}

compared('the official examples', () => {
  const folder = path.join(schemaFolder, '2026-07-28/examples');
  const examples = hasSchemas
    ? readdirSync(folder).flatMap((name) => readdirSync(path.join(folder, name)).map((file) => [name, file] as const))
    : [];

  it('are all there', () => expect(examples).toHaveLength(129));

  it.each(examples)('%s/%s is accepted', (name, file) => {
    const value = JSON.parse(readFileSync(path.join(folder, name, file), 'utf8')) as unknown;
    expect(findFault(definitions[name] as never, '2026-07-28', value)).toBeUndefined();
  });
});

function methodOf({ definitions: theirs }: Official, ref: string): unknown {
  const definition = theirs[ref.split('/').at(-1) ?? ''];
  const [{ properties } = {}] = definition?.allOf ?? [definition];
  return properties?.['method']?.const;
}
