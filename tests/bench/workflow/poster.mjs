import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A JSON POST over connections that are kept; gives the answer's text, rejects unless it is 2xx. Who is told to try again
 * later does.
 */
export function poster(url, { headers = {}, connections = Infinity } = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const options = { agent, method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
  const post = async (body) => {
    for (;;) {
      const { status, text, retryAfter } = await answerTo(url, options, body);
      if (status < 300) return text;
      if (retryAfter === undefined) throw new Error(`${url}: ${status} ${text}`);
      await sleep(Number(retryAfter) * 1_000);
    }
  };
  return Object.assign(post, { close: () => agent.destroy() });
}

function answerTo(url, options, body) {
  const { promise, resolve, reject } = Promise.withResolvers();
  const onResponse = (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    const { statusCode: status, headers } = response;
    response.once('end', () => resolve({ status, text, retryAfter: headers['retry-after'] }));
  };
  http.request(url, options, onResponse).once('error', reject).end(body);
  return promise;
}
