import {
  logLevels,
  metaKeys,
  type JsonObject,
  type JsonRpcNotification,
  type LogLevel,
  type ProgressToken,
} from '@scm/mcp-messages';
import { translate } from '../protocol/translation.telemetry.js';
import type { Welcome } from './legacy-session.js';

/** Gives an exchange what it asked to hear, in its own terms: its progress token, its level. */
export class NotificationFilter {
  private readonly level?: LogLevel;
  private readonly token?: ProgressToken;

  constructor(
    meta: JsonObject,
    private readonly welcome: Welcome,
    private readonly tell: (notification: JsonRpcNotification) => void,
  ) {
    this.level = NotificationFilter.levelIn(meta);
    this.token = meta['progressToken'] as ProgressToken | undefined;
  }

  static levelIn(meta: JsonObject): LogLevel | undefined {
    return logLevels.find((level) => level === meta[metaKeys.logLevel]);
  }

  /** Whether the first level is less severe. */
  static isBelow(level: string, other: string): boolean {
    return logLevels.indexOf(level as LogLevel) < logLevels.indexOf(other as LogLevel);
  }

  readonly take = (notification: JsonRpcNotification): void => {
    const { method, params } = notification;
    if (method === 'notifications/progress' && this.token !== undefined)
      this.tell(this.canonical({ ...notification, params: { ...params, progressToken: this.token } }));
    if (
      method === 'notifications/message' &&
      this.level &&
      !NotificationFilter.isBelow(String(params?.['level']), this.level)
    )
      this.tell(this.canonical(notification));
  };

  private canonical(notification: JsonRpcNotification): JsonRpcNotification {
    const { revision: from } = this.welcome;
    return translate(notification, { from, to: '2026-07-28', sender: 'server' }).message;
  }
}
