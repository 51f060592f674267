import { NatsConnectionImpl, type NatsConnection } from '@nats-io/transport-node';
import { ServiceError } from '@scm/contracts';
import { gatherWrites } from './gathering-transport.js';

const NEEDED_VERSION = [2, 10] as const;

/** Connects and keeps reconnecting; refuses servers older than 2.10 or without JetStream. */
export async function connectNats(url: string, name: string): Promise<NatsConnection> {
  const { servers, token, user, pass } = credentialsOf(url);
  gatherWrites();
  const nc = await NatsConnectionImpl.connect({
    servers,
    name,
    ...(token && { token }),
    ...(user && { user, pass }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    waitOnFirstConnect: true,
    timeout: 5_000,
    // A stack for each request, made before anything failed, costs more than the request.
    noAsyncTraces: true,
    inboxPrefix: `_INBOX_${name.replace(/[^A-Za-z0-9-]/g, '-')}`,
  });
  const [major = 0, minor = 0] = (nc.info?.version ?? '').split('.').map(Number);
  if (major < NEEDED_VERSION[0] || (major === NEEDED_VERSION[0] && minor < NEEDED_VERSION[1])) {
    await nc.close();
    throw new ServiceError(
      'FAILED_PRECONDITION',
      `nats-server ${nc.info?.version} is older than ${NEEDED_VERSION.join('.')}`,
    );
  }
  return nc;
}

/** `nats://token@host` or `nats://user:pass@host`, several servers separated by commas. */
function credentialsOf(url: string): { servers: string[]; token?: string; user?: string; pass?: string } {
  const urls = url.split(',').map((part) => new URL(part.trim()));
  const { username, password } = urls[0] ?? new URL('nats://127.0.0.1:4222');
  const servers = urls.map((u) => `${u.hostname}:${u.port || 4222}`);
  const name = decodeURIComponent(username);
  if (name && password) return { servers, user: name, pass: decodeURIComponent(password) };
  return name ? { servers, token: name } : { servers };
}
