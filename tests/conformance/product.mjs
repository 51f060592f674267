import http from 'node:http';
import { startProduct } from '../bench/product.mjs';

const name = 'conformance';

/**
 * The whole product with a fixture behind it: `url` leads through gateway, NATS and mcp-protocol to the upstream. `use(fixture)`
 * says which one.
 */
export async function startConformant({ replicas = 1 } = {}) {
  const product = await startProduct({ env: { SCM_EGRESS_ALLOW: '127.0.0.1' }, protocols: replicas });
  const proxy = await startProxy(product);
  let upstream;
  let used = 0;
  return {
    get url() {
      return `http://127.0.0.1:${proxy.address().port}/mcp/${name}-${used}`;
    },
    async use({ url }) {
      // A name of its own: what the last one meant a replica may know for another second.
      const own = `${name}-${++used}`;
      if (upstream) await product.call('DELETE', `/api/v1/upstreams/${upstream.id}`);
      const target = { name: own, transport: 'streamable-http', url };
      upstream = await product.call('POST', '/api/v1/upstreams', target);
      const members = [{ upstream: own, prefix: false }];
      await product.call('POST', '/api/v1/virtual-servers', { name: own, members });
      const health = await product.call('GET', `/api/v1/upstreams/${upstream.id}/health`);
      if (!health.healthy) throw new Error(`the fixture is not reached: ${health.reason}`);
    },
    async stop() {
      proxy.closeAllConnections();
      proxy.close();
      await product.stop();
    },
  };
}

/** The whole product as a client of servers that want OAuth: `env` is what `client/through-product.mjs` needs of it. */
export async function startAsClient() {
  // The suite knows the client of this address: https://conformance-test.local/client-metadata.json.
  const publicUrl = 'https://conformance-test.local';
  const allow = '127.0.0.1,localhost,::1';
  const product = await startProduct({ env: { SCM_EGRESS_ALLOW: allow, SCM_PUBLIC_URL: publicUrl } });
  const { gatewayUrl, apiKey, stop } = product;
  return { env: { SCM_CONFORMANCE_PRODUCT: JSON.stringify({ gatewayUrl, apiKey, publicUrl }) }, stop };
}

/** Adds the API key, which the suite cannot send; all else, Host and Origin too, passes as it came. */
function startProxy({ gatewayUrl, apiKey }) {
  const { hostname, port } = new URL(gatewayUrl);
  const server = http.createServer((request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${apiKey}` };
    const onward = http.request({ hostname, port, method: request.method, path: request.url, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
