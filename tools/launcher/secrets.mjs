import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { schemas, serviceNames } from './services.mjs';

/**
 * The secrets of one instance, made on first use and kept in its data folder, readable by its user alone.
 * `keyFiles` are the files in which services find theirs.
 */
export function loadSecrets(folder) {
  const file = path.join(folder, 'secrets.json');
  const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
  const secrets = { ...createSecrets(), ...kept };
  // An instance from before some secret was needed gets it now.
  if (Object.keys(secrets).some((name) => !(name in kept))) writePrivately(file, secrets);
  return { ...secrets, keyFiles: writeKeyFiles(path.join(folder, 'keys'), secrets) };
}

/** Writes JSON that only its owner may read, whole or not at all. */
export function writePrivately(file, value) {
  const draft = `${file}.draft`;
  fs.writeFileSync(draft, typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(draft, file);
}

function createSecrets() {
  const roles = Object.values(schemas).flatMap((schema) => [`scm_${schema}`, `scm_${schema}_system`]);
  return {
    natsToken: secret(),
    natsStoreKey: secret(),
    redisPassword: secret(),
    postgresPassword: secret(),
    databasePasswords: Object.fromEntries(roles.map((role) => [role, secret()])),
    encryptionKey: randomBytes(32).toString('base64url'),
    admin: { username: 'admin', password: secret() },
    contextKeys: Object.fromEntries(serviceNames.map((service) => [service, contextKey(service)])),
  };
}

const secret = () => randomBytes(18).toString('base64url');

const contextKey = (service) => ({
  ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  kid: service,
});

function writeKeyFiles(folder, { contextKeys, encryptionKey, admin }) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name, value) => {
    const file = path.join(folder, name);
    writePrivately(file, value);
    return file;
  };
  const publicKeys = Object.values(contextKeys).map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid }));
  return {
    contextPrivate: Object.fromEntries(
      Object.entries(contextKeys).map(([service, key]) => [service, write(`context-${service}.json`, key)]),
    ),
    contextPublic: write('context-public.json', { keys: publicKeys }),
    encryption: write('encryption', encryptionKey),
    adminPassword: write('admin-password', admin.password),
  };
}
