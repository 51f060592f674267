import { connect } from '@nats-io/transport-node';
import { startMesh, type TestMesh, type TestService } from '@scm/testing';
import { AuthStandIn } from './auth-stand-in.js';

export interface WriteAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
  json: () => Record<string, unknown>;
}

/** A gateway and metrics-ingest behind it; any API key is an administrator's, or has the role that is set. */
export interface WriteStage {
  readonly mesh: TestMesh;
  readonly auth: AuthStandIn;
  metrics: TestService;
  restart(): Promise<void>;
  post(path: string, body: Uint8Array | string, headers?: Record<string, string>): Promise<WriteAnswer>;
  get(path: string): Promise<WriteAnswer>;
  /** The series of an instant query or the raw samples of a range: each with its labels and `[seconds, text]` pairs. */
  query(text: string, timeMs?: number): Promise<{ metric: Record<string, string>; values: [number, string][] }[]>;
  /** What Prometheus's API answers as `data`. */
  prometheus<T>(path: string, parameters?: Record<string, string>): Promise<T>;
  stop(): Promise<void>;
}

export async function startWriteStage(env: NodeJS.ProcessEnv = {}): Promise<WriteStage> {
  const mesh = await startMesh();
  const nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  const auth = new AuthStandIn(nc);
  auth.role = 'admin';
  const metricsEnv = { SCM_HOST_COLLECTOR: 'false', ...env };
  const stop = async () => {
    await nc.close();
    await mesh.stop();
  };
  const [metrics, gateway] = await Promise.all([
    mesh.start('metrics-ingest', metricsEnv),
    mesh.start('gateway', { SCM_PORT: '0', SCM_MAX_WRITE_BYTES: '2000000', ...env }),
  ]).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const ask = async (path: string, init: RequestInit): Promise<WriteAnswer> => {
    const headers = { authorization: 'Bearer scm_key_test', ...init.headers };
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, { ...init, headers });
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body, json: () => JSON.parse(body.toString()) };
  };
  const stage: WriteStage = {
    mesh,
    auth,
    metrics,
    restart: async () => void (stage.metrics = await mesh.start('metrics-ingest', metricsEnv)),
    post: (path, body, headers = {}) => ask(path, { method: 'POST', body: Buffer.from(body), headers }),
    get: (path) => ask(path, {}),
    prometheus: async <T>(path: string, parameters = {}) => {
      const asked = new URLSearchParams(parameters).toString();
      return (await stage.get(`/prometheus/api/v1/${path}?${asked}`)).json().data as T;
    },
    query: async (query, timeMs = Date.now()) => {
      const data = await stage.prometheus<Answered>('query', { query, time: String(timeMs / 1_000) });
      return data.result.map(({ metric, value, values = [] }) => ({ metric, values: value ? [value] : values }));
    },
    stop,
  };
  return stage;
}

interface Answered {
  result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
}
