const revision = '2025-11-25';

/** Calls a tool as an MCP client does over Streamable HTTP, greeting first; gives the text of the answer. */
export async function callMcpTool({ mcpUrl, apiKey }, name, args) {
  const headers = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  };
  const greeting = await post(mcpUrl, headers, 'initialize', {
    protocolVersion: revision,
    capabilities: {},
    clientInfo: { name: 'self-check', version: '1' },
  });
  const session = greeting.headers.get('mcp-session-id');
  const later = { ...headers, 'mcp-protocol-version': revision, ...(session && { 'mcp-session-id': session }) };
  await post(mcpUrl, later, 'notifications/initialized');
  const { result } = await post(mcpUrl, later, 'tools/call', { name, arguments: args });
  if (result.isError) throw new Error(result.content?.[0]?.text ?? 'the tool failed');
  return result.content.find(({ type }) => type === 'text')?.text ?? JSON.stringify(result.structuredContent);
}

let lastId = 0;

async function post(url, headers, method, params) {
  const isNotification = method.startsWith('notifications/');
  const message = { jsonrpc: '2.0', ...(!isNotification && { id: ++lastId }), method, ...(params && { params }) };
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method}: ${response.status} ${text.slice(0, 300)}`);
  if (isNotification) return { headers: response.headers };
  const { result, error } = answerTo(lastId, text, response.headers.get('content-type') ?? '');
  if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
  return { headers: response.headers, result };
}

/** The answer stands alone as JSON, or among the messages of an event stream. */
function answerTo(id, text, contentType) {
  if (!contentType.startsWith('text/event-stream')) return JSON.parse(text);
  const messages = [...text.matchAll(/^data: ?(.+)$/gm)].map(([, data]) => JSON.parse(data));
  return messages.find((message) => message.id === id) ?? { error: { code: 0, message: 'no answer in the stream' } };
}
