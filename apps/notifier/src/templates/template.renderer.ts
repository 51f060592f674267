import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { invalidField, ServiceError, type Channel, type RenderedTemplate, type TemplateContent } from '@scm/contracts';
import type { DueDelivery } from '../deliveries/delivery.queue.js';
import { builtInTemplates } from './built-in.templates.js';
import { renderContent } from './template.content.js';
import { payloadOf, variablesOf, type ToldNotification } from './template.variables.js';
import { TemplatesRepository, type VersionRow } from './templates.repository.js';

/** The template that words a notification in each channel, as `<name>@<version>`. */
export type ChosenTemplates = Record<Channel, string>;

/** `note`: why the built-in template had to stand in. */
export type Rendered = RenderedTemplate & { note?: string };

const BUILT_IN = 'default@0';

/** Chooses the templates of a notification when it is made, and words its deliveries with them when they are sent. */
@Injectable()
export class TemplateRenderer {
  constructor(private readonly templates: TemplatesRepository) {}

  /** The asked template, else the one named like the topic, else the default. Throws INVALID_ARGUMENT when nothing has the asked name. */
  async choose(
    tx: EntityManager,
    workspaceId: string,
    channels: readonly Channel[],
    { template, topic }: { template?: string; topic: string },
  ): Promise<ChosenTemplates> {
    const name = template ?? topic;
    const active = await this.templates.activeOf(tx, workspaceId, channels, [name, 'default']);
    if (template && template !== 'default' && !active.some((row) => row.name === template))
      throw invalidField('template', `there is no template ${template}`);
    const chosen = (channel: Channel) => {
      const [own, other] = [name, 'default'].map((n) =>
        active.find((row) => row.channel === channel && row.name === n),
      );
      const row = own ?? other;
      return row ? `${row.name}@${row.active_version}` : BUILT_IN;
    };
    return { inbox: chosen('inbox'), webhook: chosen('webhook'), email: chosen('email') };
  }

  /** What the inbox shows; undefined where that is the notification itself. */
  async renderInbox(
    tx: EntityManager,
    workspaceId: string,
    template: string,
    told: ToldNotification,
  ): Promise<Rendered | undefined> {
    if (template === BUILT_IN) return undefined;
    const row = await this.find(tx, workspaceId, 'inbox', template);
    const { note, ...rendered } = word('inbox', row, told, template);
    return note ? { title: told.title, body: told.body, note } : rendered;
  }

  /** Words a delivery. A template that fails lets nobody wait: the built-in one stands in, and `note` says why. */
  async render(delivery: DueDelivery): Promise<Rendered> {
    const { channel, workspace_id: workspaceId, template } = delivery;
    const told = toldBy(delivery);
    if (!template || template === BUILT_IN) return builtIn(channel, told);
    const row = await this.templates.inWorkspace(workspaceId, (tx) => this.find(tx, workspaceId, channel, template));
    return word(channel, row, told, template);
  }

  private async find(tx: EntityManager, workspaceId: string, channel: Channel, template: string) {
    const at = template.lastIndexOf('@');
    const [name, version] = [template.slice(0, at), Number(template.slice(at + 1))];
    return this.templates.find(tx, { workspaceId, channel, name }, version);
  }
}

export function toContent({ channel, title, body, html }: VersionRow): TemplateContent {
  return { channel, ...(title !== null && { title }), body, ...(html !== null && { html }) };
}

function word(channel: Channel, row: VersionRow | undefined, told: ToldNotification, template: string): Rendered {
  try {
    if (!row) throw new ServiceError('NOT_FOUND', 'there is no such version');
    return renderContent(toContent(row), variablesOf(told));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { ...builtIn(channel, told), note: `the built-in template stood in for ${template}: ${error.message}` };
  }
}

/** Not through the engine where it would only repeat the notification: its limits are for what others write. */
function builtIn(channel: Channel, told: ToldNotification): RenderedTemplate {
  if (channel === 'webhook') return { body: JSON.stringify(payloadOf(told)) };
  return renderContent(builtInTemplates[channel], variablesOf(told));
}

function toldBy({
  notification_id: id,
  topic,
  title,
  body,
  severity,
  data,
  created_at,
}: DueDelivery): ToldNotification {
  return { id, topic, title, body, severity, data, createdAt: created_at.toISOString() };
}
