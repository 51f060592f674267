import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Bridge } from './bridge.js';
import { INVALID_REQUEST, PARSE_ERROR, type Message } from './message.js';

export interface StdioOptions {
  url: string;
  apiKey: string;
  server?: string;
}

/** Passes messages between standard input and output and the gateway until the input ends. */
export async function serveStdio({ url, apiKey, server }: StdioOptions): Promise<void> {
  const endpoint = new URL(server === undefined ? 'mcp' : `mcp/${encodeURIComponent(server)}`, withSlash(url));
  const http = new StreamableHTTPClientTransport(endpoint, {
    requestInit: { headers: { authorization: `Bearer ${apiKey}` } },
  });
  const write = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
  const bridge = new Bridge(http, write);
  http.onmessage = (message) => bridge.toClient(message as Message);
  // Standard output belongs to the protocol.
  http.onerror = (error) => void process.stderr.write(`${error.message}\n`);
  await http.start();
  const lines = createInterface({ input: process.stdin });
  const refuse = (code: number, message: string) => write({ jsonrpc: '2.0', id: null, error: { code, message } });
  let isOpen = true;
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const message = parsed(line);
    if (message === undefined) refuse(PARSE_ERROR, 'no JSON');
    else if (typeof message !== 'object' || message === null) refuse(INVALID_REQUEST, 'no message');
    else void bridge.toServer(message as Message).then(() => isOpen && lines.resume());
    if (bridge.isCrowded) lines.pause();
  });
  lines.once('close', () => (isOpen = false));
  process.once('SIGTERM', () => lines.close());
  await once(lines, 'close');
  await bridge.idle();
  await http.terminateSession().catch(() => undefined);
  await http.close();
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
