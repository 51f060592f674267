import { Injectable } from '@nestjs/common';
import type { SendMailOptions } from 'nodemailer';
import { NotifierConfig } from '../config.js';
import type { ChannelSender, Outcome } from '../deliveries/channel.sender.js';
import type { DueDelivery } from '../deliveries/delivery.queue.js';
import { TemplateRenderer } from '../templates/template.renderer.js';
import { EmailContactsRepository } from './email-contacts.repository.js';
import { makeMailer, SMTP_CONNECTIONS, type Mailer } from './mailer.js';

const ATTEMPT_TIMEOUT_MS = 20_000;

/**
 * Sends deliveries as e-mail. Every try of a delivery carries the same Message-ID, so that a mailbox which got one whose
 * confirmation was lost can tell. A try under way when the service stops is ended, not broken off.
 */
@Injectable()
export class EmailSender implements ChannelSender {
  readonly channel = 'email';
  readonly atOnce = SMTP_CONNECTIONS;
  readonly perTarget = 2;
  private readonly mailer?: Mailer;
  private readonly domain: string;

  constructor(
    private readonly contacts: EmailContactsRepository,
    private readonly templates: TemplateRenderer,
    config: NotifierConfig,
  ) {
    this.mailer = makeMailer(config);
    this.domain = /@([^@>\s]+)>?$/.exec(config.smtpFrom ?? '')?.[1] ?? 'localhost';
  }

  async attempt(delivery: DueDelivery): Promise<Outcome> {
    const { workspace_id: workspaceId, target } = delivery;
    if (!this.mailer) return { kind: 'failed', reason: 'SCM_SMTP_URL is not set', final: false };
    const contact = await this.contacts.inWorkspace(workspaceId, (tx) => this.contacts.find(tx, target));
    if (!contact) return { kind: 'failed', reason: 'the e-mail contact was removed', final: true };
    const { title = '', body, html, note } = await this.templates.render(delivery);
    try {
      await this.mailer.send({
        to: { name: '', address: contact.address },
        subject: onOneLine(title),
        text: body,
        ...(html !== undefined && { html }),
        ...this.identity(delivery),
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      });
      return { kind: 'confirmed', note };
    } catch (error) {
      return judge(error as SmtpError);
    }
  }

  async close(): Promise<void> {
    this.mailer?.close();
  }

  /** Headers by which a try is known as one of this delivery, and answers of machines are held off (RFC 3834). */
  private identity({ id, notification_id: notification, created_at: date }: DueDelivery): SendMailOptions {
    return {
      messageId: `<${id}@${this.domain}>`,
      date,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-SCM-Notification': notification },
    };
  }
}

interface SmtpError extends Error {
  /** EENVELOPE and EMESSAGE: the server refused this message. Others are about the connection, the login or time. */
  code?: string;
  responseCode?: number;
}

/** A 5xx to this message will not change; a refused login or a full server may. */
function judge({ code = '', responseCode = 0, message }: SmtpError): Outcome {
  const isRefused = code === 'EENVELOPE' || code === 'EMESSAGE';
  const reason = code === 'EABORT' ? 'the SMTP server did not answer in time' : message;
  return { kind: 'failed', reason, final: isRefused && responseCode >= 500 };
}

/** A line break would begin another header. */
function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
