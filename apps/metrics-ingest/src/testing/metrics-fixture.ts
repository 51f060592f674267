import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_WORKSPACE_ID, type AlertTransition, type Role } from '@scm/contracts';
import { ContextSigner } from '@scm/policy';
import { startMesh, type TestMesh, type TestService } from '@scm/testing';

export interface Answer<T> {
  status: number;
  body: T;
}

export interface SeenEvent {
  subject: string;
  payload: AlertTransition;
}

export interface Asking {
  workspaceId?: string;
  role?: Role;
  idempotencyKey?: string;
  /** The fields beside a payload of bytes. */
  fields?: object;
}

/** The built service on servers of its own, driven over plain NATS. */
export interface Metrics {
  readonly mesh: TestMesh;
  service: TestService;
  /** Every event the service published. */
  readonly events: SeenEvent[];
  ask<T = Record<string, unknown>>(name: string, payload: unknown, asking?: Asking): Promise<Answer<T>>;
  restart(env?: NodeJS.ProcessEnv): Promise<void>;
  stop(): Promise<void>;
}

export async function startMetrics(env: NodeJS.ProcessEnv = {}): Promise<Metrics> {
  const mesh = await startMesh();
  const nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  const events: SeenEvent[] = [];
  nc.subscribe('scm.evt.>', {
    callback: (_error, msg) => void events.push({ subject: msg.subject, payload: msg.json() }),
  });
  const signer = new ContextSigner(mesh.contextKey('gateway'));
  const metrics: Metrics = {
    mesh,
    service: await mesh.start('metrics-ingest', env),
    events,
    ask: (name, payload, asking = {}) => ask(nc, signer, name, payload, asking),
    restart: async (more = env) => void (metrics.service = await mesh.start('metrics-ingest', more)),
    stop: async () => {
      await nc.close();
      await mesh.stop();
    },
  };
  return metrics;
}

async function ask<T>(
  nc: NatsConnection,
  signer: ContextSigner,
  name: string,
  payload: unknown,
  { workspaceId = DEFAULT_WORKSPACE_ID, role = 'admin', idempotencyKey, fields }: Asking,
): Promise<Answer<T>> {
  const h = headers();
  h.set('Scm-Context', await signer.sign({ kind: 'user', id: 'test', name: 'test', workspaceId, role }));
  if (idempotencyKey) h.set('Scm-Idempotency-Key', idempotencyKey);
  if (fields) h.set('Scm-Fields', JSON.stringify(fields));
  const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
  const msg = await nc.request(`scm.rpc.${name}`, isRaw ? payload : JSON.stringify(payload), {
    timeout: 5_000,
    headers: h,
  });
  return { status: Number(msg.headers?.get('Nats-Service-Error-Code') || 200), body: msg.json<T>() };
}
