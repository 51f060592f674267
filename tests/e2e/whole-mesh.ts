import { startMesh, startRedis, waitFor, type TestMesh, type TestRedis, type TestService } from '@scm/testing';
import WebSocket from 'ws';

export const password = 'a password of the tests';

const names = [
  'auth',
  'metrics-ingest',
  'workflow-orchestrator',
  'step-workers',
  'notifier',
  'mcp-protocol',
  'gateway',
];

/** An HTTP answer; `body` is its JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  // What comes back is judged by the test that asked.
  body: { [key: string]: never } & Record<string, never>;
}

/** All seven services on real NATS, Postgres and Redis, reached as users reach them. */
export interface WholeMesh {
  mesh: TestMesh;
  redis: TestRedis;
  services: Record<string, TestService>;
  url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  login(username?: string, workspace?: string): Promise<string>;
  stream(token: string): Promise<StreamClient>;
  stop(): Promise<void>;
}

export interface CallOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Further environment, of all services or of each. */
type Environment = NodeJS.ProcessEnv | ((service: string, mesh: TestMesh) => NodeJS.ProcessEnv);

export async function startWholeMesh(env: Environment = {}): Promise<WholeMesh> {
  const [mesh, redis] = await Promise.all([startMesh(), startRedis()]);
  const limits = {
    SCM_LOGINS_PER_MINUTE: '10000',
    SCM_ADDRESS_REQUESTS_PER_MINUTE: '100000',
    SCM_ACTOR_REQUESTS_PER_MINUTE: '100000',
    // A busy machine is not what these tests are about.
    SCM_MAX_LAG_MS: '5000',
    SCM_MAX_START_WAIT_MS: '60000',
  };
  const admin = { SCM_BOOTSTRAP_USERNAME: 'admin', SCM_BOOTSTRAP_PASSWORD: password };
  // Contacts can be made; what is sent to them waits, for nothing listens there.
  const smtp = { SCM_SMTP_URL: 'smtp://127.0.0.1:9', SCM_SMTP_FROM: 'scm@example.org' };
  const all = {
    ...limits,
    ...admin,
    ...smtp,
    SCM_PORT: '0',
    SCM_REDIS_URL: redis.url,
    SCM_EGRESS_ALLOW: '127.0.0.1',
  };
  const envOf = (name: string) => ({ ...all, ...(typeof env === 'function' ? env(name, mesh) : env) });
  const started = await Promise.all(names.map(async (name) => [name, await mesh.start(name, envOf(name))] as const));
  const services = Object.fromEntries(started);
  const url = `http://127.0.0.1:${services.gateway?.port}`;
  const call = (method: string, path: string, options: CallOptions = {}) => callHttp(url, method, path, options);
  await waitFor(async () => (await call('GET', '/readyz')).status === 200, {
    timeoutMs: 30_000,
    what: 'the mesh to be ready',
  });
  return {
    mesh,
    redis,
    services,
    url,
    call,
    login: async (username = 'admin', workspace) => {
      const { body } = await call('POST', '/api/v1/auth/login', {
        body: { username, password, ...(workspace && { workspace }) },
      });
      return String(body.accessToken);
    },
    stream: (token) => openStream(url, token),
    stop: async () => {
      await mesh.stop();
      await redis.stop();
    },
  };
}

async function callHttp(
  url: string,
  method: string,
  path: string,
  { token, body, headers }: CallOptions,
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}

export interface Frame {
  t: string;
  ch?: string;
  id?: number;
  p?: number;
  s?: number[];
  d?: Record<string, unknown>[];
  code?: string;
  epoch?: string;
  head?: number;
  recovered?: boolean;
}

/** A client of the stream that keeps every frame; events that came together stand alone. */
export interface StreamClient {
  frames: Frame[];
  send(frame: object): void;
  /** Subscribes and waits for the answer: `subd` or `err`. */
  sub(id: number, ch: string, since?: unknown): Promise<Frame>;
  wait(what: string, matches: (frame: Frame) => boolean): Promise<Frame>;
  close(): void;
}

async function openStream(url: string, token: string): Promise<StreamClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/stream`, 'scm.stream.v1+json');
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer) => frames.push(...oneByOne(JSON.parse(data.toString()) as Frame)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const client: StreamClient = {
    frames,
    send: (frame) => socket.send(JSON.stringify(frame)),
    sub: async (id, ch, since) => {
      client.send({ t: 'sub', id, ch, ...(since !== undefined && { since }) });
      return client.wait(`an answer to sub ${ch}`, (f) => f.id === id && (f.t === 'subd' || f.t === 'err'));
    },
    wait: (what, matches) => waitFor(() => frames.find(matches), { what, timeoutMs: 20_000 }),
    close: () => socket.terminate(),
  };
  client.send({ t: 'hello', v: 1, token });
  await client.wait('welcome', (f) => f.t === 'welcome');
  return client;
}

function oneByOne(frame: Frame): Frame[] {
  const { s, d, p } = frame;
  if (frame.t !== 'ev' || !s || !d) return [frame];
  return d.map((item, i) => ({ ...frame, p: i === 0 ? p : s[i - 1], s: s.slice(i, i + 1), d: [item] }));
}
