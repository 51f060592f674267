import { number, text, token } from './leaves.js';
import { notification, notificationParams } from './message.js';
import type { ModelOf } from './model-of.js';
import { optional, since, varying } from './model.js';

/** `progress` grows with every notification; `total` has its unit. */
export const progressParams = notificationParams({
  progressToken: token,
  progress: number,
  total: optional(number),
  message: since('2025-03-26', optional(text)),
});
export const progressNotification = notification('notifications/progress', progressParams);

/** A task is cancelled by its own request, which is why 2025-11-25 lets the id be left out. */
export const cancelledParams = notificationParams({
  requestId: varying({ '2024-11-05': token, '2025-11-25': optional(token), '2026-07-28': token }),
  reason: optional(text),
});
export const cancelledNotification = notification('notifications/cancelled', cancelledParams);

export type ProgressNotification = ModelOf<typeof progressNotification>;
export type CancelledNotification = ModelOf<typeof cancelledNotification>;
