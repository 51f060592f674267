import { rootCertificates } from 'node:tls';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { NotifierConfig } from '../config.js';

/** Connections to the SMTP server at once, each with one message at a time. */
export const SMTP_CONNECTIONS = 8;

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 15_000;
const IDLE_MS = 30_000;

/** Hands messages to the operator's SMTP server, which is trusted as every server in the settings is. */
export interface Mailer {
  send(message: SendMailOptions): Promise<void>;
  close(): void;
}

/** The mailer of the settings; undefined where no SMTP server is set. */
export function makeMailer({ smtpUrl, smtpFrom, smtpTls, smtpCa }: NotifierConfig): Mailer | undefined {
  if (!smtpUrl) return undefined;
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const transport = createTransport({
    pool: true,
    maxConnections: SMTP_CONNECTIONS,
    idleTimeout: IDLE_MS,
    // The delivery's schedule repeats; the pool would repeat unseen.
    maxRequeues: 0,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && smtpTls === 'required',
    ignoreTLS: !secure && smtpTls === 'never',
    ...(smtpCa && { tls: { ca: [...rootCertificates, smtpCa] } }),
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (message) => void (await transport.sendMail({ from: smtpFrom, ...message })),
    close: () => transport.close(),
  };
}
