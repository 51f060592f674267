import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Census, expectWell, forAll, httpFaults, send, type Sent } from './doors.js';
import { naughtyStrings } from './inputs.js';
import { Ledger } from './ledger.js';
import { groupsFor, placed, positionsIn, type Placed, type Position } from './positions.js';
import {
  authorization,
  bodyFor,
  changes,
  examplesFor,
  pathFor,
  readRoutes,
  setStage,
  type Route,
  type Stage,
} from './routes.js';

interface Try extends Sent {
  route: Route;
  where: string;
  /** The fields that a refusal names. */
  fields: string[];
}

// A password costs what an attacker shall pay, so these are tried with a naughty string in every field at once.
const COSTLY = /\/auth\/(login|password)$/;

// What has a type that no text has, or breaks code that believes in a text.
const wrongValues = [
  'null',
  '1',
  'true',
  '[]',
  '{}',
  '{"toString":1}',
  '{"length":1}',
  '[[]]',
  '{"__proto__":{}}',
  '1e400',
];

let scm: WholeMesh;
let routes: Route[];
let stage: Stage;
let ledger: Ledger;

beforeAll(async () => {
  scm = await startWholeMesh();
  [routes, stage] = await Promise.all([
    readRoutes(scm).then((all) => all.filter((r) => !r.path.startsWith('/mcp'))),
    setStage(scm),
  ]);
  ledger = await Ledger.open(scm, stage);
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

describe('the examples', () => {
  it('are taken by every route, so that what follows is refused for one text alone', async () => {
    const refused: string[] = [];
    // Controls of a step need an execution that waits for just that; their bodies are tried on one that there is not.
    const needsState = /^\/api\/v1\/(auth\/refresh|executions\/\{id\}\/(steps|signals))/;
    for (const route of routes.filter(({ path, body }) => body && !needsState.test(path))) {
      const body = JSON.stringify(bodyFor(route));
      const answer = await send(scm.url, { ...target(route), body });
      if (answer.status >= 400) refused.push(`${route.name} ${body}: ${answer.text}`);
      refused.push(...(await ledger.accept(route, answer)));
    }
    expect(refused).toEqual([]);
  });
});

describe('each naughty string', () => {
  it('in every text of every body', async () => {
    const census = new Census('naughty strings in bodies');
    await tryAll(census, inBodies());
    // 22 positions there were when this was written.
    expect(census.sent).toBeGreaterThan(22 * naughtyStrings.length);
  }, 240_000);

  it('in every path and query of a change', async () => {
    const census = new Census('naughty strings in paths and queries of changes');
    await tryAll(census, inPathsAndQueries());
    expect(census.sent).toBeGreaterThan(20 * naughtyStrings.length);
  }, 240_000);

  it('in the path and the query of every read', async () => {
    const census = new Census('naughty strings in paths and queries of reads');
    await tryAll(census, inReads());
    expect(census.sent).toBeGreaterThan(25 * naughtyStrings.length);
  }, 240_000);
});

it('a value of another type in every place of a text', async () => {
  await tryAll(new Census('wrong types'), wrongTypes());
}, 60_000);

it('leaves nothing that was not accepted, and all that was', async () => {
  expect(await ledger.differences()).toEqual([]);
  process.stderr.write(`bad input, stored: ${ledger.size} as accepted\n`);
  expect(ledger.size).toBeGreaterThan(5 * naughtyStrings.length);
}, 60_000);

async function tryAll(census: Census, tries: Iterable<Try>): Promise<void> {
  await forAll(tries, async ({ where, fields, route, ...sent }) => {
    const answer = await send(scm.url, sent);
    census.count(answer.status);
    for (const fault of new Set([...httpFaults(answer, fields), ...(await ledger.accept(route, answer))]))
      census.fault(where, fault, `${sent.path} ${sent.body ?? ''} -> ${answer.text}`);
  });
  census.print();
  expect(census.faults).toEqual([]);
  await expectWell(scm);
}

function target(route: Route, given: Record<string, string> = {}): Sent {
  return { method: route.method, path: pathFor(route, stage, given), headers: authorization(route, stage) };
}

function* inBodies(): Generator<Try> {
  for (const route of routes.filter(({ body }) => body)) {
    const positions = positionsIn(bodyFor(route), route.body);
    for (const [i, text] of naughtyStrings.entries()) {
      if (COSTLY.test(route.path)) yield inAll(route, positions, i);
      else for (const group of groupsFor(positions, text)) yield inBody(route, group, text);
    }
  }
}

function inBody(route: Route, positions: readonly Position[], text: string): Try {
  const texts = positions.map((position) => ({ ...position, text }));
  const where = `${route.name} ${positions.map(nameOf).join()}`;
  return {
    ...target(route),
    route,
    where,
    fields: positions.map(({ path }) => String(path[0])),
    body: bodyWith(route, texts),
  };
}

/** Another string in each field. */
function inAll(route: Route, positions: readonly Position[], first: number): Try {
  const textAt = (i: number) => naughtyStrings[(first + i) % naughtyStrings.length] ?? '';
  const texts = positions.map((position, i) => ({ ...position, text: textAt(i) }));
  return { ...target(route), route, where: route.name, fields: [], body: bodyWith(route, texts) };
}

function bodyWith(route: Route, texts: readonly Placed[]): string {
  return JSON.stringify(placed(bodyFor(route), route.body ?? {}, texts));
}

function nameOf({ path, isKey }: Position): string {
  return `${path.join('.')}${isKey ? ' (key)' : ''}`;
}

function* inPathsAndQueries(): Generator<Try> {
  for (const [r, route] of routes.filter(changes).entries()) {
    const names = route.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    for (const [i, text] of naughtyStrings.entries()) {
      for (const name of names.filter(() => text !== '')) {
        yield {
          ...target(route, { [name]: text }),
          route,
          where: `${route.name} ${name}`,
          fields: [name],
          ...plainBody(route),
        };
      }
      // A change knows no parameter of the query: that is found out in one place, so each string goes to every fifth.
      if ((i + r) % 5 !== 0) continue;
      const query = `?${encodeURIComponent(text)}=${encodeURIComponent(text)}`;
      const to = target(route, Object.fromEntries(names.map((name) => [name, 'nothing'])));
      yield { ...to, route, path: to.path + query, where: `${route.name} query`, fields: [], ...plainBody(route) };
    }
  }
}

/** Each string goes to each read, in one of its parameters in turn, or in all those at once whose schema refuses it. */
function* inReads(): Generator<Try> {
  for (const [r, route] of routes.filter(({ method }) => method === 'GET').entries()) {
    const inQuery = route.parameters.filter((parameter) => parameter.in === 'query');
    const names = route.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    const positions = inQuery.map(({ name, schema }) => ({ path: [name], schema }));
    for (const [i, text] of naughtyStrings.entries()) {
      const places = [...names.filter(() => text !== ''), ...groupsFor(positions, text)];
      const place = places[(i + r) % places.length];
      if (place === undefined) continue;
      if (typeof place === 'string') {
        yield { ...target(route, { [place]: text }), route, where: `${route.name} ${place}`, fields: [place] };
        continue;
      }
      const fields = place.map(nameOf);
      const needed = inQuery.filter(({ name, required }) => !fields.includes(name) && (required || name === 'match'));
      const given = needed.map(({ name }) => [name, String([examplesFor(route.path)(name)].flat()[0])]);
      const query = new URLSearchParams([...given, ...fields.map((name) => [name, text])] as [string, string][]);
      const to = target(route);
      yield { ...to, route, path: `${to.path}?${query.toString()}`, where: `${route.name} ${fields.join()}`, fields };
    }
  }
}

function plainBody(route: Route): { body?: string } {
  return route.method === 'DELETE' ? {} : { body: JSON.stringify(bodyFor(route) ?? {}) };
}

function* wrongTypes(): Generator<Try> {
  for (const route of routes.filter(({ body }) => body)) {
    for (const position of positionsIn(bodyFor(route), route.body)) {
      for (const value of wrongValues) {
        const mark = 'a text that is replaced';
        const tried = inBody(route, [position], mark);
        const quoted = position.isKey ? value.replaceAll('"', '') : value;
        const text = position.isKey ? JSON.stringify(quoted) : value;
        yield { ...tried, fields: [], body: tried.body?.replace(JSON.stringify(mark), () => text) };
      }
    }
  }
}
