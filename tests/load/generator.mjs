import { fork } from 'node:child_process';
import path from 'node:path';
import { document, workflow } from './mix.mjs';

const callers = 8;

/** Starts the process that sends the load, as several callers of the product. */
export async function startGenerator({ gatewayUrl, streamUrl, call }) {
  await call('POST', '/api/v1/workflows', { document });
  const created = Array.from({ length: callers }, (_, i) =>
    call('POST', '/api/v1/api-keys', { name: `load-${i}`, role: 'operator' }),
  );
  const apiKeys = (await Promise.all(created)).map(({ apiKey }) => apiKey);
  const child = fork(path.join(import.meta.dirname, 'arrivals.mjs'));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const waiting = new Map();
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(result);
  });
  void ended.then((code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the generator ended with ${code}`));
  });
  let asked = 0;
  const ask = (message) =>
    new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      child.send({ id: asked, ...message });
    });
  await ask({ begin: { gatewayUrl, streamUrl, apiKeys, channel: `runs:${workflow}` } });
  return {
    /** Offers so many requests a second; resolves when the last one is answered. */
    offer: (perSecond, seconds) => ask({ load: { perSecond, seconds } }),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
