import fs from 'node:fs';
import path from 'node:path';
import { restClient, signIn } from './rest.mjs';
import { writePrivately } from './secrets.mjs';

const demo = path.join(import.meta.dirname, '..', 'demo');

/**
 * Gives the API key of an instance, and puts the demo (a workflow and the rule that starts it) into a new one.
 * What a user has removed or changed since is left so.
 * @returns {Promise<string | undefined>} undefined when the kept key is revoked and the first password changed
 */
export async function seed({ folder, gatewayUrl, secrets }) {
  const file = path.join(folder, 'api-key');
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  if (kept && (await isAccepted(gatewayUrl, kept))) return kept;
  const admin = await signIn(gatewayUrl, secrets.admin).catch(unlessRefused);
  if (!admin) return undefined;
  if (!kept) await seedDemo(admin);
  const { apiKey } = await admin('POST', '/api/v1/api-keys', { name: keyName(), role: 'admin' });
  writePrivately(file, apiKey);
  return apiKey;
}

export const demoWorkflow = 'cpu-pressure-response';
export const demoAlert = 'CpuBusy';

async function seedDemo(admin) {
  const document = fs.readFileSync(path.join(demo, `${demoWorkflow}.yaml`), 'utf8');
  await admin('POST', '/api/v1/workflows', { document }).catch(unlessThere);
  const rule = JSON.parse(fs.readFileSync(path.join(demo, 'rule.json'), 'utf8'));
  const { items } = await admin('GET', '/api/v1/rules');
  if (!items.some(({ alert }) => alert === rule.alert)) await admin('POST', '/api/v1/rules', rule);
}

const keyName = () => `start-${new Date().toISOString().replace(/\W/g, '').toLowerCase()}`;

const isAccepted = (gatewayUrl, apiKey) =>
  restClient(gatewayUrl, apiKey)('GET', '/api/v1/auth/me').then(() => true, unlessRefused);

function unlessRefused(error) {
  if (error.status === 401 || error.status === 403) return undefined;
  throw error;
}

function unlessThere(error) {
  if (error.status !== 409) throw error;
}
