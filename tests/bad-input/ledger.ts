import type { WholeMesh } from '../e2e/whole-mesh.js';
import { parsed, send, type Reply } from './doors.js';
import { authorization, type Route, type Stage } from './routes.js';

type Item = Record<string, unknown>;

/** By the route that makes one: the list they are in, and what names one in a reply and in the list. */
const collections: Record<string, { list: string; of: (reply: Item) => unknown; in?: (item: Item) => unknown }> = {
  '/api/v1/users': { list: '/api/v1/users', of: ({ id }) => id },
  '/api/v1/workspaces': { list: '/api/v1/workspaces', of: ({ id }) => id },
  '/api/v1/api-keys': { list: '/api/v1/api-keys', of: ({ id }) => id },
  '/api/v1/rules': { list: '/api/v1/rules', of: ({ id }) => id },
  '/api/v1/silences': { list: '/api/v1/silences', of: ({ id }) => id },
  '/api/v1/webhooks': { list: '/api/v1/webhooks', of: ({ id }) => id },
  '/api/v1/email-contacts': { list: '/api/v1/email-contacts', of: ({ id }) => id },
  '/api/v1/templates': { list: '/api/v1/templates', of: templateOf, in: templateOf },
  '/api/v1/upstreams': { list: '/api/v1/upstreams', of: ({ id }) => id },
  '/api/v1/virtual-servers': { list: '/api/v1/virtual-servers', of: ({ name }) => name, in: ({ name }) => name },
  '/api/v1/mcp/captures': { list: '/api/v1/mcp/captures', of: ({ id }) => id },
  '/api/v1/workflows': { list: '/api/v1/workflows', of: ({ name }) => name, in: ({ name }) => name },
  '/api/v1/workflows/{workflow}/executions': { list: '/api/v1/executions', of: ({ executionId }) => executionId },
  // Alerts and executions tell people too.
  '/api/v1/notifications': {
    list: '/api/v1/notifications',
    of: ({ id }) => id,
    in: ({ id, topic }) => (/^(alert|workflow)\./.test(String(topic)) ? undefined : id),
  },
};

/** These cost their service something as long as they are there, so they are removed as soon as they are accepted. */
const removed = [
  '/api/v1/rules',
  '/api/v1/webhooks',
  '/api/v1/email-contacts',
  '/api/v1/virtual-servers',
  '/api/v1/mcp/captures',
];

/** Keeps what was accepted, to compare it with what is stored. */
export class Ledger {
  private readonly expected = new Map<string, Set<string>>();

  private constructor(
    private readonly scm: WholeMesh,
    private readonly stage: Stage,
  ) {}

  static async open(scm: WholeMesh, stage: Stage): Promise<Ledger> {
    const ledger = new Ledger(scm, stage);
    for (const path of Object.keys(collections)) ledger.expected.set(path, await ledger.stored(path));
    return ledger;
  }

  /** Notes what an answer says is stored. @returns what is wrong with that. */
  async accept({ method, path }: Pick<Route, 'method' | 'path'>, { status, text }: Reply): Promise<string[]> {
    const collection = collections[path];
    if (!collection || method !== 'POST' || status >= 300) return [];
    const name = String(collection.of(parsed(text) ?? {}));
    if (!removed.includes(path)) {
      this.expected.get(path)?.add(name);
      return [];
    }
    const answer = await send(this.scm.url, { method: 'DELETE', path: `${path}/${name}`, headers: this.headers(path) });
    return answer.status < 300 ? [] : [`accepted and not there to be removed: ${answer.status}`];
  }

  /** What is stored and was not accepted, and what was accepted and is not stored. */
  async differences(): Promise<string[]> {
    const found: string[] = [];
    for (const [path, expected] of this.expected) {
      const stored = await this.stored(path);
      const more = [...stored].filter((name) => !expected.has(name));
      const less = [...expected].filter((name) => !stored.has(name));
      if (more.length > 0) found.push(`${path}: ${more.length} stored that were not accepted, such as ${more[0]}`);
      if (less.length > 0) found.push(`${path}: ${less.length} accepted that are not stored, such as ${less[0]}`);
    }
    return found;
  }

  get size(): number {
    return [...this.expected.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private async stored(path: string): Promise<Set<string>> {
    const { list, in: nameOf = ({ id }: Item) => id } = collections[path] ?? { list: path };
    const names = new Set<string>();
    let cursor: string | undefined;
    do {
      const from = cursor === undefined ? '' : `&cursor=${cursor}`;
      const target = { method: 'GET', path: `${list}?limit=200${from}`, headers: this.headers(path) };
      const page = parsed((await send(this.scm.url, target)).text) as { items: Item[]; nextCursor?: string };
      for (const name of page.items.map(nameOf)) if (typeof name === 'string') names.add(name);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return names;
  }

  private headers(path: string): Record<string, string> {
    return authorization({ path }, this.stage);
  }
}

function templateOf({ channel, name }: Item): string {
  return `${String(channel)}/${String(name)}`;
}
