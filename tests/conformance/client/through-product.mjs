// The whole product as a client of the suite's servers that want OAuth: `node through-product.mjs <url>`, as the suite calls it.
import { exampleOf } from './examples.mjs';
import { settingOf } from './authorization.mjs';

const MAX_AUTHORIZATIONS = 4;
const CALLBACK = '/api/v1/upstreams/authorization/callback';
const { gatewayUrl, apiKey, publicUrl } = JSON.parse(process.env.SCM_CONFORMANCE_PRODUCT);
const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
const url = process.argv.at(-1);
const name = `suite-${process.pid}-${Date.now().toString(36)}`;

const authorization = settingOf(JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT || '{}'));
const { id } = await call('POST', '/api/v1/upstreams', { name, transport: 'streamable-http', url, authorization });
await call('POST', '/api/v1/virtual-servers', { name, members: [{ upstream: name, prefix: false }] });
let authorizations = 0;
try {
  await authorized(healthy);
  for (const tool of await authorized(listed))
    await authorized(() => ask('tools/call', { name: tool.name, arguments: exampleOf(tool.inputSchema ?? {}) }));
} finally {
  await call('DELETE', `/api/v1/upstreams/${id}`);
}

/** Does it, and again each time after it was authorized where that is wanted. */
async function authorized(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const { state } = await call('GET', `/api/v1/upstreams/${id}/authorization`);
      if (state !== 'wanted' || authorizations++ === MAX_AUTHORIZATIONS) throw error;
      await authorize();
    }
  }
}

/** As a browser does it: to the authorization server, and where that sends it. */
async function authorize() {
  const begun = await call('POST', `/api/v1/upstreams/${id}/authorization`);
  const answer = await fetch(begun.url, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '', begun.url);
  if (back.origin !== publicUrl || back.pathname !== CALLBACK)
    throw new Error(`sent to ${back.origin}${back.pathname}`);
  await call('GET', `${back.pathname}${back.search}`);
}

async function healthy() {
  const health = await call('GET', `/api/v1/upstreams/${id}/health`);
  if (!health.healthy) throw new Error(health.reason);
}

async function listed() {
  const { tools, _meta } = await ask('tools/list', {});
  const [absent] = _meta?.['io.scm/federation']?.unavailable ?? [];
  if (absent) throw new Error(`not listed: ${JSON.stringify(absent)}`);
  return tools;
}

async function ask(method, params) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'scm-conformance', version: '1' },
  };
  const response = await fetch(`${gatewayUrl}/mcp/${name}`, {
    method: 'POST',
    headers: {
      ...headers,
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(params.name && { 'mcp-name': params.name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  const { result, error } = messageIn(await response.text());
  if (error) throw new Error(`${error.code}: ${error.message}`);
  return result;
}

/** The answer, alone or at the end of a stream. */
function messageIn(text) {
  const last = text
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('data: ') || line.startsWith('{'));
  return JSON.parse(last.replace(/^data: /, ''));
}

async function call(method, route, body) {
  const response = await fetch(gatewayUrl + route, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${route.split('?')[0]}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}
