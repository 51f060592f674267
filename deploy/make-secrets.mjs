// Prints the Kubernetes Secrets that the product makes up itself: context keys, encryption key and, with --admin, the first
// administrator. Usage: node deploy/make-secrets.mjs [--admin <username>] | kubectl --namespace <namespace> apply -f -
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { admin: { type: 'string' } } });
const services = [
  'auth',
  'gateway',
  'mcp-protocol',
  'metrics-ingest',
  'notifier',
  'step-workers',
  'workflow-orchestrator',
];

const secrets = [secret('scm-context-keys', contextKeys()), secret('scm-encryption', { key: randomText(32) })];
if (values.admin) secrets.push(secret('scm-bootstrap-admin', { username: values.admin, password: randomText(18) }));
console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: secrets }, null, 2));

function contextKeys() {
  const pairs = services.map((kid) => ({ kid, ...generateKeyPairSync('ed25519') }));
  const jwk = (key, kid) => ({ ...key.export({ format: 'jwk' }), kid });
  return {
    'public.json': JSON.stringify({ keys: pairs.map(({ publicKey, kid }) => jwk(publicKey, kid)) }),
    ...Object.fromEntries(pairs.map(({ privateKey, kid }) => [`${kid}.json`, JSON.stringify(jwk(privateKey, kid))])),
  };
}

function randomText(bytes) {
  return randomBytes(bytes).toString('base64url');
}

function secret(name, stringData) {
  return { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name }, stringData };
}
