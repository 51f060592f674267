import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, headers } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import { MetricsEvents, NotifyApi, type Delivery, type RpcContract } from '@scm/contracts';
import { connectNats, ensureStreams } from '@scm/messaging';
import { ContextSigner } from '@scm/policy';
import { startMesh, waitFor } from '@scm/testing';

export type NotifierMesh = Awaited<ReturnType<typeof startNotifierMesh>>;

interface Asking {
  in?: string;
  role?: 'viewer' | 'operator' | 'admin';
}

/** A notifier on real servers, asked as the gateway asks it. */
export async function startNotifierMesh(env: NodeJS.ProcessEnv = {}) {
  const all = { SCM_EGRESS_ALLOW: '127.0.0.1', SCM_DELIVERY_SCHEDULE_SECONDS: '0.2,0.2,0.2', ...env };
  const workspace = randomUUID();
  const mesh = await startMesh();
  const nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  const owner = await connectNats(mesh.nats.url, 'metrics-ingest');
  await ensureStreams(owner, 'metrics-ingest');
  await owner.close();
  const signer = new ContextSigner(mesh.contextKey('gateway'));
  let service = await mesh.start('notifier', all);

  const ask = async <Res extends object>(contract: RpcContract<object, Res>, request: object, options: Asking = {}) => {
    const { in: workspaceId = workspace, role = 'admin' } = options;
    const h = headers();
    h.set('Scm-Context', await signer.sign({ kind: 'user', id: 'u1', name: 'ann', workspaceId, role }));
    const msg = await nc.request(contract.subject, JSON.stringify(request), { timeout: 5_000, headers: h });
    return { status: Number(msg.headers?.get('Nats-Service-Error-Code') || 200), body: msg.json<Res>() };
  };

  return {
    mesh,
    nc,
    workspace,
    ask,
    /** A transition of an alert, as metrics-ingest tells it. */
    async publish(change: 'alertFired' | 'alertResolved', alertId: string, labels: Record<string, string> = {}) {
      const at = new Date().toISOString();
      const payload = {
        alertId,
        workspaceId: workspace,
        ruleId: randomUUID(),
        fingerprint: 'f',
        alertName: 'HighCpu',
        labels: { alertname: 'HighCpu', ...labels },
        annotations: { summary: 'CPU is busy' },
        value: 0.9,
        startsAt: at,
        ...(change === 'alertResolved' && { endsAt: at }),
      };
      await jetstream(nc).publish(`${MetricsEvents[change].subject}.${workspace}`, JSON.stringify(payload));
    },
    /** The delivery of a notification to a contact point, once it has ended. */
    async ended(notificationId: string | undefined, contactId: string | undefined): Promise<Delivery> {
      return waitFor(
        async () => {
          const { deliveries = [] } = (await ask(NotifyApi.get, { id: notificationId ?? '' })).body;
          const isMine = (d: Delivery) => (d.webhookId ?? d.emailContactId) === contactId;
          return deliveries.find((d) => isMine(d) && ['confirmed', 'dead-lettered'].includes(d.state));
        },
        { what: 'the delivery to end' },
      );
    },
    /** Stops the notifier, or ends it without warning, and starts it again. */
    async restart({ kill = false, meanwhile = async () => {}, env: other = {} as NodeJS.ProcessEnv } = {}) {
      await (kill ? service.kill() : service.stop());
      await meanwhile();
      service = await mesh.start('notifier', { ...all, ...other });
    },
    async stop() {
      await nc.close();
      await mesh.stop();
    },
  };
}

export interface Receiver {
  url: string;
  requests: { body: string; headers: Record<string, string> }[];
  stop(): Promise<void>;
}

/** Answers with the given statuses in turn, the last one again and again; with an infinite delay not at all. */
export async function startReceiver(statuses: number[], delayMs = 0): Promise<Receiver> {
  const requests: Receiver['requests'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ body, headers: request.headers as Record<string, string> });
      const status = statuses[Math.min(requests.length, statuses.length) - 1] ?? 200;
      if (delayMs !== Infinity) setTimeout(() => response.writeHead(status).end(), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    requests,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
