import { waitFor } from '@scm/testing';

const accept = 'application/json, text/event-stream';
const extensions = { 'io.modelcontextprotocol/tasks': {} };

type Message = Record<string, Record<string, unknown>>;

/** One task that asks, is answered and ends, one that is cancelled, and the list of both. */
export async function stageTasks(url: string, token: string): Promise<void> {
  const post = async (body: object, headers: Record<string, string>) => {
    const all = { authorization: `Bearer ${token}`, accept, 'content-type': 'application/json', ...headers };
    const response = await fetch(`${url}/mcp`, { method: 'POST', headers: all, body: JSON.stringify(body) });
    return { session: response.headers.get('mcp-session-id') ?? '', message: (await response.json()) as Message };
  };
  const ask = async (method: string, params: Record<string, unknown>) => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} }, extensions },
    };
    const name = String(params.name ?? params.taskId);
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name };
    const { message } = await post({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }, headers);
    if (!message.result) throw new Error(`${method}: ${JSON.stringify(message)}`);
    return message.result;
  };
  const create = async () => (await ask('tools/call', { name: 'asking__multi_input', arguments: {} })).taskId;
  const has = (taskId: unknown, status: string) =>
    waitFor(async () => (await ask('tasks/get', { taskId })).status === status, { timeoutMs: 20_000, what: status });
  const taskId = await create();
  await has(taskId, 'input_required');
  const answer = { action: 'accept', content: { name: 'x' } };
  await ask('tasks/update', { taskId, inputResponses: { first: answer, second: answer } });
  await has(taskId, 'completed');
  await ask('tasks/cancel', { taskId: await create() });
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'spec', version: '1' } };
  const { session } = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, {});
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' };
  await post({ jsonrpc: '2.0', id: 1, method: 'tasks/list', params: {} }, headers);
}
