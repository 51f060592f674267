import { Agent, request } from 'node:http';
import { isErrorCode, errorTable } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { expect } from '@jest/globals';
import type { WholeMesh } from '../e2e/whole-mesh.js';

const AT_ONCE = 32;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

export interface Reply {
  status: number;
  type: string;
  text: string;
}

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A plain HTTP exchange: bodies and paths go out as they are. */
export function send(url: string, { method, path, headers, body }: Sent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, path, agent, headers: { ...(body !== undefined && json(body)), ...headers } });
    asked.once('error', reject);
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text });
      });
    });
    asked.end(body);
  });
}

function json(body: string): Record<string, string | number> {
  return { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
}

/** Does the work for every item, a bounded number at once. */
export async function forAll<T>(items: Iterable<T>, work: (item: T) => Promise<void>, atOnce = AT_ONCE): Promise<void> {
  const rest = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Counts what was sent and how it was answered, and keeps an example of each kind of fault. */
export class Census {
  private readonly answers = new Map<string, number>();
  private readonly found = new Map<string, { count: number; example: string }>();

  constructor(private readonly title: string) {}

  count(answer: string | number): void {
    this.answers.set(String(answer), (this.answers.get(String(answer)) ?? 0) + 1);
  }

  /** `where` and `fault` make a kind; `example` shows its first one. */
  fault(where: string, fault: string, example: string): void {
    const kind = `${where}: ${fault}`;
    const known = this.found.get(kind);
    this.found.set(kind, { count: (known?.count ?? 0) + 1, example: known?.example ?? example.slice(0, 600) });
  }

  get sent(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  get faults(): string[] {
    return [...this.found].map(([kind, { count, example }]) => `${kind} (${count} times, such as ${example})`);
  }

  print(): void {
    const histogram = [...this.answers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `${key}: ${count}`);
    process.stderr.write(`bad input, ${this.title}: ${this.sent} sent; ${histogram.join(', ')}\n`);
  }
}

/** What is wrong with an answer of the HTTP door: a 5xx, or a refusal that says too little. */
export function httpFaults({ status, type, text }: Reply, fields: readonly string[] = []): string[] {
  if (status >= 500) return [`answered ${status}`];
  if (status < 400) return [];
  const body = parsed(text);
  if (body?.status === 'error') return prometheusFaults(body, fields);
  if (!type.startsWith('application/problem+json') || !body) return [`${status} without problem details`];
  const code = String(body.code);
  if (!isErrorCode(code) || errorTable[code].status !== status) return [`${status} with the code ${code}`];
  if (!body.requestId || !body.traceId || !body.detail) return [`${code} without detail, request id or trace id`];
  return code === 'INVALID_ARGUMENT' ? unnamed(body.errors, fields) : [];
}

/** The fields that an INVALID_ARGUMENT refuses and does not name. */
export function unnamed(errors: unknown, fields: readonly string[]): string[] {
  const paths = Array.isArray(errors) ? (errors as { path: string }[]).map(({ path }) => path) : [];
  // Within a workflow's document the path is a JSON Pointer.
  const isNamed = (field: string) =>
    paths.some((path) => named(field).test(path) || (field === 'document' && path.startsWith('/')));
  const told = paths.length > 0 ? 'another field' : 'nothing';
  return fields.filter((field) => !isNamed(field)).map((field) => `names ${told} and not ${field}`);
}

function prometheusFaults(body: Record<string, unknown>, fields: readonly string[]): string[] {
  if (!body.errorType || !body.error) return ['an error without its type or text'];
  const isNamed =
    fields.length === 0 || body.errorType !== 'bad_data' || fields.some((f) => named(f).test(String(body.error)));
  return isNamed ? [] : [`names another field and not ${fields.join()}`];
}

/** Of the limits of a range, the refusal may name another one: the two do not fit. */
function named(field: string): RegExp {
  return new RegExp(`^(${['start', 'end', 'step'].includes(field) ? 'start|end|step' : field})(?!\\w)`);
}

export function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** No service ended, none met a bug, and the mesh is ready. */
export async function expectWell(scm: WholeMesh): Promise<void> {
  const ended = Object.entries(scm.services).filter(([, { pid }]) => !isAlive(pid));
  expect(ended.map(([name]) => name)).toEqual([]);
  const bugs = Object.entries(scm.services).flatMap(([name, service]) =>
    service
      .log()
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"|unhandled|uncaught/i.test(line))
      .map((line) => `${name}: ${line.slice(0, 400)}`),
  );
  expect(bugs.slice(0, 5)).toEqual([]);
  const isReady = async () => (await send(scm.url, { method: 'GET', path: '/readyz' })).status === 200;
  await waitFor(isReady, { timeoutMs: 10_000, what: 'the mesh to be ready after bad input' });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
