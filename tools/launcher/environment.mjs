import path from 'node:path';
import { cacheFolder } from '../provision/places.mjs';
import { schemas } from './services.mjs';

/**
 * The environment of one service's process.
 * @param {object} instance `{secrets, backends, gateway: {host, port}}`
 */
export function serviceEnvironment(service, { secrets, backends, gateway }) {
  const { keyFiles } = secrets;
  // While the kernel chooses the port, nobody knows where browsers come back to.
  const listening = gateway.port === 0 ? undefined : `http://${gateway.host}:${gateway.port}`;
  const publicUrl = process.env.SCM_PUBLIC_URL ?? listening;
  const common = {
    ...process.env,
    NODE_ENV: process.env.NODE_ENV ?? 'production',
    NODE_COMPILE_CACHE: path.join(cacheFolder(), 'compiled'),
    SCM_NATS_URL: backends.nats.url,
    SCM_DATABASE_URL: undefined,
    SCM_REDIS_URL: undefined,
    SCM_STARTED_AT_MS: undefined,
    SCM_CONTEXT_PRIVATE_KEY_FILE: keyFiles.contextPrivate[service],
    SCM_CONTEXT_PUBLIC_KEYS_FILE: keyFiles.contextPublic,
  };
  return { ...common, ...databaseUrls(schemas[service], secrets, backends), ...special(service) };

  function special(name) {
    if (name === 'gateway') {
      return { SCM_REDIS_URL: backends.redis.url, SCM_HOST: gateway.host, SCM_PORT: String(gateway.port) };
    }
    if (name === 'mcp-protocol') return { SCM_ENCRYPTION_KEY_FILE: keyFiles.encryption, SCM_PUBLIC_URL: publicUrl };
    if (['notifier', 'workflow-orchestrator'].includes(name)) return { SCM_ENCRYPTION_KEY_FILE: keyFiles.encryption };
    if (name !== 'auth') return {};
    return {
      SCM_ENCRYPTION_KEY_FILE: keyFiles.encryption,
      SCM_BOOTSTRAP_USERNAME: secrets.admin.username,
      SCM_BOOTSTRAP_PASSWORD_FILE: keyFiles.adminPassword,
    };
  }
}

/** What `migrate` needs besides: the role that may create schemas and roles. */
export const ownerEnvironment = ({ backends }) => ({ SCM_DATABASE_OWNER_URL: backends.postgres.url });

function databaseUrls(schema, { databasePasswords }, { postgres }) {
  if (!schema) return {};
  const urlFor = (role) => {
    const url = new URL(postgres.url);
    return Object.assign(url, { username: role, password: databasePasswords[role] }).href;
  };
  return { SCM_DATABASE_URL: urlFor(`scm_${schema}`), SCM_DATABASE_SYSTEM_URL: urlFor(`scm_${schema}_system`) };
}
