import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

/** Requests a second that `connections` connections get answered, each asking again at once. Any refusal is an error. */
export async function saturate(url, { connections, seconds, method = 'GET', headers, requests, expect = 200 }) {
  const options = { url, connections, duration: seconds, method, headers, requests };
  const result = await autocannon(options);
  const statuses = Object.keys(result.statusCodeStats).filter((status) => Number(status) !== expect);
  if (statuses.length > 0 || result.errors > 0 || result.requests.total === 0) {
    throw new Error(`${url}: ${result.errors} errors, statuses ${JSON.stringify(result.statusCodeStats)}`);
  }
  return { count: result.requests.total, perSecond: result.requests.total / result.duration };
}

/** Times, in ms, of calls made at a steady rate, whether earlier ones have ended or not. */
export async function paced(call, { perSecond, seconds }) {
  const startedMs = performance.now();
  const timed = async (_, index) => {
    await sleep(Math.max(0, startedMs + (index * 1_000) / perSecond - performance.now()));
    return timedMs(call);
  };
  return Promise.all(Array.from({ length: perSecond * seconds }, timed));
}

export async function timedMs(call) {
  const startedMs = performance.now();
  await call();
  return performance.now() - startedMs;
}

/** Repeats `call` in `width` loops for `seconds`; gives how many calls a second ended. */
export async function loops(call, { width, seconds }) {
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1_000;
  let count = 0;
  const loop = async (index) => {
    while (performance.now() < untilMs) {
      await call(index);
      count++;
    }
  };
  await Promise.all(Array.from({ length: width }, (_, index) => loop(index)));
  return { count, perSecond: (count * 1_000) / (performance.now() - startedMs) };
}

/** A GET over connections that are kept. */
export function getter(url, headers) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
  const get = () =>
    new Promise((resolve, reject) => {
      const onResponse = (response) => {
        response.resume();
        response.once('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(response.statusCode))));
      };
      http.get(url, { agent, headers }, onResponse).once('error', reject);
    });
  return Object.assign(get, { close: () => agent.destroy() });
}
