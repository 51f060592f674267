import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { percentile } from '../bench/statistics.mjs';
import { mix } from './mix.mjs';

// A process of its own: what it sends comes when it is due, whether earlier requests were answered or not.
const answerWaitMs = 15_000;
const subscribers = 20;

let target;
// Connections are kept and bounded, as clients and proxies do: Node accepts one new connection a turn of its loop.
const connections = 512;
const agent = new http.Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
const streams = { events: 0, frames: 0, gaps: 0, closed: 0 };

process.on('message', async ({ id, begin, load }) => {
  try {
    process.send({ id, result: begin ? await setUp(begin) : await arrive(load) });
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
process.once('disconnect', () => process.exit());

async function setUp(given) {
  target = given;
  await Promise.all(Array.from({ length: connections }, connectOnce));
  await Promise.all(Array.from({ length: subscribers }, (_, index) => listen(keyAt(index))));
}

function connectOnce() {
  return new Promise((resolve, reject) => {
    const request = http.get(`${target.gatewayUrl}/livez`, { agent });
    request.once('response', (response) => response.resume().once('end', resolve)).once('error', reject);
  });
}

const keyAt = (index) => target.apiKeys[index % target.apiKeys.length];

/** Sends `perSecond` requests for `seconds`, then awaits every answer. */
async function arrive({ perSecond, seconds }) {
  const before = { ...streams };
  const startedMs = performance.now();
  const asked = [];
  let latestMs = 0;
  while (asked.length < perSecond * seconds) {
    const elapsedMs = performance.now() - startedMs;
    for (
      let due = Math.floor((elapsedMs * perSecond) / 1_000);
      asked.length < due && asked.length < perSecond * seconds;
    ) {
      const dueMs = startedMs + (asked.length * 1_000) / perSecond;
      latestMs = Math.max(latestMs, performance.now() - dueMs);
      asked.push(timed(mix(asked.length), keyAt(asked.length), dueMs));
    }
    await sleep(1);
  }
  const answers = await Promise.all(asked);
  const heard = Object.fromEntries(Object.keys(streams).map((key) => [key, streams[key] - before[key]]));
  return { ...summary(answers, seconds), streams: heard, generatorLateMs: latestMs };
}

function summary(answers, seconds) {
  const good = answers.filter(({ status }) => status >= 200 && status < 300);
  const times = good.map(({ ms }) => ms);
  const kinds = {};
  for (const { kind, status, cause } of answers) {
    const name = status ? String(status) : `unanswered (${cause})`;
    (kinds[kind] ??= {})[name] = (kinds[kind][name] ?? 0) + 1;
  }
  return {
    sent: answers.length,
    goodPerSecond: good.length / seconds,
    p50Ms: good.length > 0 ? percentile(times, 0.5) : Number.NaN,
    p99Ms: good.length > 0 ? percentile(times, 0.99) : Number.NaN,
    kinds,
    bad: answers.filter(isBad).slice(0, 5),
    badCount: answers.filter(isBad).length,
    refused: answers.filter(({ status }) => status === 429 || status === 503).length,
  };
}

/** Too much load may be refused, with word when to come again, and nothing else. */
function isBad({ status, retryAfter }) {
  if (status >= 200 && status < 300) return false;
  return !((status === 429 || status === 503) && retryAfter);
}

/** Counted from when it was due, so that what waits here waits in the figures too. */
function timed({ kind, method, path, body }, apiKey, dueMs) {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${apiKey}`, ...(body && { 'content-type': 'application/json' }) };
    const done = (answer) => resolve({ kind, ms: performance.now() - dueMs, ...answer });
    const request = http.request(target.gatewayUrl + path, { method, agent, headers, timeout: answerWaitMs });
    request.once('response', (response) => {
      const { statusCode: status, headers: replied } = response;
      let text = '';
      response.on('data', (data) => (text += status >= 400 ? data : ''));
      response.once('end', () => done({ status, retryAfter: replied['retry-after'], text: text.slice(0, 300) }));
      response.once('error', (error) => done({ status: 0, cause: error.code ?? error.message }));
    });
    request.once('timeout', () => request.destroy(new Error(`nothing came in ${answerWaitMs} ms`)));
    request.once('error', (error) => done({ status: 0, cause: error.code ?? error.message }));
    request.end(body);
  });
}

function listen(apiKey) {
  const socket = new WebSocket(target.streamUrl, 'scm.stream.v1+json', { perMessageDeflate: false });
  socket.on('error', () => undefined);
  socket.on('close', () => streams.closed++);
  return new Promise((resolve, reject) => {
    socket.once('open', () => socket.send(JSON.stringify({ t: 'hello', v: 1, token: apiKey })));
    socket.once('close', (code) => reject(new Error(`a stream was closed with ${code}`)));
    socket.on('message', (data) => {
      const frame = JSON.parse(data);
      if (frame.t === 'welcome') socket.send(JSON.stringify({ t: 'sub', id: 1, ch: target.channel }));
      if (frame.t === 'subd') resolve();
      if (frame.t === 'gap') streams.gaps++;
      if (frame.t === 'ev') streams.frames++;
      streams.events += frame.t === 'ev' ? frame.d.length : 0;
    });
  });
}
