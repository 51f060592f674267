import { event, rpc } from './define.js';
import { Amount, Id, Instant, JsonObject, ListOf, Name, OneOf, Text, TextMap, Texts, Whole } from './fields.js';
import { ById } from './auth.contract.js';
import { Nothing, PageRequest } from './page.js';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const channels = ['inbox', 'webhook', 'email'] as const;
export type Channel = (typeof channels)[number];

/** Asks for one notification over some channels (default: the inbox, and every webhook and e-mail contact that wants its topic). */
export class SendNotificationRequest {
  /** The same key within a workspace is the same notification: repeating it changes nothing. */
  @Text({ max: 256 }) key: string;
  @Text({ max: 128, optional: true }) topic?: string;
  @Text({ max: 256 }) title: string;
  @Text({ max: 8_192, min: 0, optional: true }) body?: string;
  @OneOf(severities, { optional: true }) severity?: Severity;
  @Texts({ max: 3, of: channels, optional: true }) channels?: Channel[];
  /** The template that words it; without it the one named like the topic, else the one named `default`. */
  @Name({ optional: true }) template?: string;
  @JsonObject({ optional: true }) data?: Record<string, unknown>;
}

export class Delivery {
  @Id() id: string;
  @Id() notificationId: string;
  @OneOf(channels) channel: Channel;
  @Id({ optional: true }) webhookId?: string;
  @Id({ optional: true }) emailContactId?: string;
  /** What words it, as `<name>@<version>`; version 0 is built in. */
  @Text({ max: 80, optional: true }) template?: string;
  @OneOf(['pending', 'sending', 'retrying', 'confirmed', 'dead-lettered']) state: string;
  @Whole() attempts: number;
  @Instant({ optional: true }) nextAttemptAt?: string;
  @Instant({ optional: true }) confirmedAt?: string;
  /** Why the last try failed, or what was wrong with the template of a confirmed one. */
  @Text({ max: 1_024, optional: true }) reason?: string;
  @Instant() createdAt: string;
}

export class Notification {
  @Id() id: string;
  @Text({ max: 128 }) topic: string;
  @Text({ max: 256 }) title: string;
  @Text({ max: 8_192, min: 0 }) body: string;
  @OneOf(severities) severity: Severity;
  @JsonObject() data: Record<string, unknown>;
  @Instant() createdAt: string;
  @Instant({ optional: true }) readAt?: string;
  @ListOf(() => Delivery, { optional: true }) deliveries?: Delivery[];
}

export class NotificationPage {
  @ListOf(() => Notification) items: Notification[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ListNotificationsRequest extends PageRequest {
  @OneOf(['true', 'false'], { optional: true }) unread?: 'true' | 'false';
}

export class ListDeliveriesRequest extends PageRequest {
  @OneOf(['pending', 'sending', 'retrying', 'confirmed', 'dead-lettered'], { optional: true }) state?: string;
}

export class DeliveryPage {
  @ListOf(() => Delivery) items: Delivery[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class Alert {
  @Id() id: string;
  @Id() ruleId: string;
  @Text({ max: 64 }) fingerprint: string;
  @Text({ max: 128 }) name: string;
  @OneOf(['firing', 'resolved']) state: 'firing' | 'resolved';
  @OneOf(severities) severity: Severity;
  @TextMap() labels: Record<string, string>;
  @TextMap() annotations: Record<string, string>;
  @Amount() value: number;
  @Instant() startsAt: string;
  @Instant({ optional: true }) endsAt?: string;
  @Instant({ optional: true }) acknowledgedAt?: string;
  @Text({ max: 128, optional: true }) acknowledgedBy?: string;
  /** The silences that mute it now. */
  @Texts({ max: 64 }) silencedBy: string[];
}

export class AlertPage {
  @ListOf(() => Alert) items: Alert[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ListAlertsRequest extends PageRequest {
  @OneOf(['firing', 'resolved'], { optional: true }) state?: 'firing' | 'resolved';
}

export class AcknowledgeRequest {
  @Id() id: string;
  @Text({ max: 1_024, optional: true }) comment?: string;
}

/** Mutes alerts whose labels equal every given one until `endsAt`. */
export class CreateSilenceRequest {
  @TextMap() matchers: Record<string, string>;
  @Instant({ optional: true }) startsAt?: string;
  @Instant() endsAt: string;
  @Text({ max: 1_024 }) comment: string;
}

export class Silence {
  @Id() id: string;
  @TextMap() matchers: Record<string, string>;
  @Instant() startsAt: string;
  @Instant() endsAt: string;
  @Text({ max: 1_024 }) comment: string;
  @Text({ max: 128 }) createdBy: string;
  @OneOf(['pending', 'active', 'expired']) state: 'pending' | 'active' | 'expired';
}

export class SilencePage {
  @ListOf(() => Silence) items: Silence[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

/** An alert fired, resolved, was acknowledged or silenced. */
export class AlertChanged {
  @Id() workspaceId: string;
  @OneOf(['fired', 'resolved', 'acknowledged', 'silenced', 'unsilenced']) change: string;
  @JsonObject() alert: Record<string, unknown>;
  @Instant() at: string;
}

const service = 'notifier';

export const NotifyApi = {
  send: rpc('notify.v1.send', SendNotificationRequest, Notification, {
    service,
    access: 'notifications:write',
    changes: true,
  }),
  list: rpc('notify.v1.list', ListNotificationsRequest, NotificationPage, {
    service,
    access: 'notifications:read',
    changes: false,
  }),
  get: rpc('notify.v1.get', ById, Notification, { service, access: 'notifications:read', changes: false }),
  markRead: rpc('notify.v1.mark-read', ById, Notification, { service, access: 'notifications:write', changes: true }),
  listDeliveries: rpc('notify.v1.list-deliveries', ListDeliveriesRequest, DeliveryPage, {
    service,
    access: 'notifications:read',
    changes: false,
  }),
};

export const AlertApi = {
  list: rpc('alert.v1.list', ListAlertsRequest, AlertPage, { service, access: 'alerts:read', changes: false }),
  get: rpc('alert.v1.get', ById, Alert, { service, access: 'alerts:read', changes: false }),
  acknowledge: rpc('alert.v1.acknowledge', AcknowledgeRequest, Alert, {
    service,
    access: 'alerts:write',
    changes: true,
  }),
  createSilence: rpc('alert.v1.create-silence', CreateSilenceRequest, Silence, {
    service,
    access: 'silences:write',
    changes: true,
  }),
  listSilences: rpc('alert.v1.list-silences', PageRequest, SilencePage, {
    service,
    access: 'alerts:read',
    changes: false,
  }),
  expireSilence: rpc('alert.v1.expire-silence', ById, Nothing, { service, access: 'silences:write', changes: true }),
};

export const AlertEvents = {
  changed: event('alert.v1.changed', AlertChanged, { service, key: ['workspaceId'] }),
};
