import WebSocket from 'ws';
import { parsed, send } from './doors.js';

export const SUBPROTOCOL = 'scm.stream.v1+json';
/** Under the 200 frames a second that a connection may send. */
const FRAMES_A_CONNECTION = 150;

/** What became of a frame: the codes of the refusals, or the code of the close. */
export interface Outcome {
  errors: string[];
  closed?: { code: number; reason: string };
}

/** Sends frames one after another, on a new connection once the last one was closed. */
export class StreamLane {
  private socket?: WebSocket;
  private frames = 0;
  private probes = 1_000_000;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Sends one frame and waits until it was handled. Without `greeted` it is the first frame of a new connection. */
  async tell(frame: string | Buffer, greeted = true): Promise<Outcome> {
    if (!greeted || this.frames > FRAMES_A_CONNECTION) this.close();
    const socket = (this.socket ??= await this.open(greeted));
    this.frames += 2;
    const id = ++this.probes;
    const errors: string[] = [];
    return new Promise((resolve) => {
      const onMessage = (data: Buffer) => {
        const { t, id: about, code } = JSON.parse(data.toString()) as { t: string; id?: number; code?: string };
        if (t !== 'err') return;
        if (about === id) settle({ errors });
        else errors.push(String(code));
      };
      const onClose = (code: number, reason: Buffer) => {
        this.socket = undefined;
        settle({ errors, closed: { code, reason: reason.toString() } });
      };
      const settle = (outcome: Outcome) => {
        socket.off('message', onMessage).off('close', onClose);
        resolve(outcome);
      };
      socket.on('message', onMessage).on('close', onClose);
      socket.send(frame);
      // Frames are handled in order: the answer to this one says that the other was handled.
      socket.send(JSON.stringify({ t: 'sub', id, ch: 'no such channel' }));
    });
  }

  close(): void {
    this.socket?.removeAllListeners().on('error', () => undefined);
    this.socket?.terminate();
    this.socket = undefined;
  }

  private async open(greeted: boolean): Promise<WebSocket> {
    this.frames = 0;
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/api/v1/stream`, SUBPROTOCOL);
    socket.on('error', () => undefined);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    if (!greeted) return socket;
    const welcome = new Promise((resolve) => socket.once('message', resolve));
    socket.send(JSON.stringify({ t: 'hello', v: 1, token: this.token }));
    await welcome;
    return socket;
  }
}

/** A bad frame is answered with an error of the table, or ends the connection as the client's fault. */
export function frameFault({ errors, closed }: Outcome): string | undefined {
  if (errors.includes('INTERNAL')) return 'answered INTERNAL';
  if (closed && (closed.code < 4_500 || closed.reason === '')) return `closed with ${closed.code} ${closed.reason}`;
  return undefined;
}

const revision = '2026-07-28';

/** One MCP message of the newest revision, or of the last one that has no header for the name. */
export function sendMcp(url: string, token: string, method: string, params: Record<string, unknown>, isOlder = false) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = params.name as string | undefined;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json, text/event-stream' };
  const newer = { 'mcp-protocol-version': revision, 'mcp-method': method, ...(name && { 'mcp-name': name }) };
  return send(url, {
    method: 'POST',
    path: '/mcp',
    headers: { ...headers, ...(isOlder ? { 'mcp-protocol-version': '2025-11-25' } : newer) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: isOlder ? params : { ...params, _meta } }),
  });
}

export interface McpMessage {
  error?: { code: number; message: string };
  result?: Record<string, unknown> & { isError?: boolean };
}

/** What an answer of the MCP door says, as JSON or as its only event. */
export function mcpMessage(text: string): McpMessage {
  const data = /^data: ([^\r\n]*)/m.exec(text)?.[1] ?? text;
  return (parsed(data) ?? {}) as McpMessage;
}

/** What is wrong with a JSON-RPC error. */
export function mcpErrorFaults({ code, message }: { code: number; message: string }): string[] {
  return Number.isInteger(code) && code !== -32_603 && message ? [] : [`the error ${code} ${message}`];
}
