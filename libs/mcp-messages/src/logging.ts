import { anything, text } from './leaves.js';
import { logLevel } from './log-level.js';
import { notification, notificationParams, request, requestParams } from './message.js';
import type { ModelOf } from './model-of.js';
import { optional } from './model.js';

/** Up to 2025-11-25; later each request says its level in `_meta`. */
export const setLevelParams = requestParams({ level: logLevel });
export const setLevelRequest = request('logging/setLevel', setLevelParams);

export const loggingMessageParams = notificationParams({ level: logLevel, logger: optional(text), data: anything });
export const loggingMessageNotification = notification('notifications/message', loggingMessageParams);

export type SetLevelRequest = ModelOf<typeof setLevelRequest, '2025-11-25'>;
export type LoggingMessageNotification = ModelOf<typeof loggingMessageNotification>;
