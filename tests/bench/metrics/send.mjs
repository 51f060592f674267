import http from 'node:http';

const writeHeaders = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/** Sends the bodies of each connection one after the other; a request is sent when the one before is acknowledged. */
export async function sendAll(engine, bodiesByConnection) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: bodiesByConnection.length });
  const headers = { ...writeHeaders, ...engine.headers };
  try {
    await Promise.all(
      bodiesByConnection.map(async (bodies) => {
        for (const body of bodies) await request(engine.writeUrl, { agent, method: 'POST', headers }, body);
      }),
    );
  } finally {
    agent.destroy();
  }
}

/** The text of an answer; anything but success is an error. */
export function request(url, options, body) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode < 300) resolve(text);
        else reject(new Error(`${options.method ?? 'GET'} ${url}: ${response.statusCode} ${text.slice(0, 300)}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
