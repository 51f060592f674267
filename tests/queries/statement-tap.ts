import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** One statement as a service sent it. */
export interface Statement {
  /** The database role it ran as. */
  role: string;
  sql: string;
  /** Parameters in their text form; undefined for a binary one. */
  values: (string | null | undefined)[];
}

/** Stands before Postgres, passes everything on, and notes each statement (PostgreSQL documentation, 54.7). */
export class StatementTap {
  readonly statements: Statement[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => this.pass(socket));
  private target = { host: '', port: 0 };

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** The same database by way of the tap: all are on one server. */
  through(databaseUrl: string): string {
    const { hostname, port: targetPort } = new URL(databaseUrl);
    this.target = { host: hostname, port: Number(targetPort) };
    const { port } = this.server.address() as AddressInfo;
    return Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(client: Socket): void {
    const backend = connect(this.target);
    const reader = new MessageReader((statement) => this.statements.push(statement));
    client.on('data', (chunk) => reader.read(chunk));
    client.pipe(backend).pipe(client);
    for (const socket of [client, backend]) {
      this.sockets.add(socket);
      socket.on('error', () => [client, backend].forEach((one) => one.destroy()));
      socket.on('close', () => this.sockets.delete(socket));
    }
  }
}

/** Reads what a client says on one connection: its start-up, Query, Parse and Bind. */
class MessageReader {
  private rest = Buffer.alloc(0);
  private role = '';
  private readonly prepared = new Map<string, string>();

  constructor(private readonly note: (statement: Statement) => void) {}

  read(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      // The start-up message has no type before its length.
      const head = this.role === '' ? 0 : 1;
      if (this.rest.length < head + 4) return;
      const length = head + this.rest.readInt32BE(head);
      if (this.rest.length < length) return;
      const body = this.rest.subarray(head + 4, length);
      if (head === 0) this.begin(body);
      else this.take(String.fromCharCode(this.rest[0] ?? 0), new Cursor(body));
      this.rest = this.rest.subarray(length);
    }
  }

  private begin(body: Buffer): void {
    const words = body.subarray(4).toString().split('\0');
    this.role = words[words.indexOf('user') + 1] || 'unknown';
  }

  private take(type: string, message: Cursor): void {
    if (type === 'Q') return this.note({ role: this.role, sql: message.text(), values: [] });
    if (type === 'P') this.prepared.set(message.text(), message.text());
    if (type !== 'B') return;
    message.text();
    const sql = this.prepared.get(message.text()) ?? '';
    const formats = message.list(() => message.short());
    const values = message.list((i) => {
      const value = message.value();
      return (formats.length === 1 ? formats[0] : formats[i]) === 1 && value !== null ? undefined : value;
    });
    this.note({ role: this.role, sql, values });
  }
}

class Cursor {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  text(): string {
    const end = this.bytes.indexOf(0, this.at);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }

  short(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  value(): string | null {
    const length = this.bytes.readInt32BE(this.at);
    this.at += 4;
    if (length < 0) return null;
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  list<T>(read: (i: number) => T): T[] {
    return Array.from({ length: this.short() }, (_, i) => read(i));
  }
}
