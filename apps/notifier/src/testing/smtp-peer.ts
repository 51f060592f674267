import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** One message as the server took it. */
export interface Mail {
  to: string[];
  /** Header names in lower case, unfolded; each with every value it came with. */
  headers: Record<string, string[]>;
  text: string;
}

export interface SmtpPeer {
  port: number;
  mails: Mail[];
  /** How often each recipient was asked for. */
  tries(address: string): number;
  stop(): Promise<void>;
}

/** What the server does for a recipient: the reply codes of its tries in turn (250 to take it), and how long it takes. */
export type Behaviour = (address: string) => { codes?: number[]; until?: Promise<void> };

/** A real SMTP server on a port the kernel chose. */
export async function startSmtp(behaviour: Behaviour, options: SMTPServerOptions = {}): Promise<SmtpPeer> {
  const mails: Mail[] = [];
  const asked: string[] = [];
  const tries = (address: string) => asked.filter((one) => one === address).length;
  const server = new SMTPServer({
    authOptional: true,
    // Clients keep idle connections.
    closeTimeout: 200,
    disabledCommands: options.secure || options.cert ? [] : ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      asked.push(address);
      const { codes = [250] } = behaviour(address);
      const code = codes[Math.min(tries(address), codes.length) - 1] ?? 250;
      done(code === 250 ? undefined : Object.assign(new Error('no'), { responseCode: code }));
    },
    onData(stream, { envelope }, done) {
      const to = envelope.rcptTo.map(({ address }) => address);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const take = () => {
          mails.push({ to, ...parsed(Buffer.concat(chunks).toString()) });
          done();
        };
        void Promise.all(to.map(async (address) => behaviour(address).until)).then(take);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    tries,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function parsed(text: string): Omit<Mail, 'to'> {
  const end = text.indexOf('\r\n\r\n');
  const headers: Mail['headers'] = {};
  for (const line of text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    (headers[name.toLowerCase()] ??= []).push(value);
  }
  return { headers, text: text.slice(end + 4) };
}
