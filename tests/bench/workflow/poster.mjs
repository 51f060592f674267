import http from 'node:http';

/** A JSON POST over connections that are kept; gives the answer's text, rejects unless it is 2xx. */
export function poster(url, { headers = {}, connections = Infinity } = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const options = { agent, method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
  const post = (body) =>
    new Promise((resolve, reject) => {
      const onResponse = (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.once('end', () =>
          response.statusCode < 300 ? resolve(text) : reject(new Error(`${url}: ${response.statusCode} ${text}`)),
        );
      };
      http.request(url, options, onResponse).once('error', reject).end(body);
    });
  return Object.assign(post, { close: () => agent.destroy() });
}
