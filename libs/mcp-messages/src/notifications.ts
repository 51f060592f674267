import { elicitationCompleteNotification } from './elicitation.js';
import { initializedNotification } from './lifecycle.js';
import { loggingMessageNotification } from './logging.js';
import type { Method } from './method.js';
import { cancelledNotification, progressNotification } from './progress.js';
import { promptListChangedNotification } from './prompts.js';
import { resourceListChangedNotification, resourceUpdatedNotification } from './resources.js';
import { rootsListChangedNotification } from './roots.js';
import { subscriptionsAcknowledgedNotification } from './subscriptions.js';
import { taskStatusNotification } from './task-messages.js';
import { toolListChangedNotification } from './tools.js';

type Rest = Omit<Method, 'kind' | 'senders'>;

const ofClient = (rest: Rest): Method => ({ kind: 'notification', senders: ['client'], ...rest });
const ofServer = (rest: Rest): Method => ({ kind: 'notification', senders: ['server'], ...rest });
const ofBoth = (rest: Rest): Method => ({ kind: 'notification', senders: ['client', 'server'], ...rest });

const declaring = (path: string): Pick<Method, 'capability'> => ({ capability: { declaredBy: 'sender', path } });

const always = { since: '2024-11-05' } as const;
const inSessions = { since: '2024-11-05', end: '2026-07-28' } as const;

/** Every notification of every revision, by its method. */
export const notifications: Readonly<Record<string, Method>> = {
  'notifications/initialized': ofClient({ ...inSessions, message: initializedNotification }),
  'notifications/cancelled': ofBoth({ ...always, message: cancelledNotification }),
  'notifications/progress': ofBoth({ ...always, serverOnlySince: '2026-07-28', message: progressNotification }),
  'notifications/message': ofServer({ ...always, ...declaring('logging'), message: loggingMessageNotification }),
  'notifications/tools/list_changed': ofServer({
    ...always,
    ...declaring('tools.listChanged'),
    message: toolListChangedNotification,
  }),
  'notifications/resources/list_changed': ofServer({
    ...always,
    ...declaring('resources.listChanged'),
    message: resourceListChangedNotification,
  }),
  'notifications/resources/updated': ofServer({
    ...always,
    ...declaring('resources.subscribe'),
    message: resourceUpdatedNotification,
  }),
  'notifications/prompts/list_changed': ofServer({
    ...always,
    ...declaring('prompts.listChanged'),
    message: promptListChangedNotification,
  }),
  'notifications/roots/list_changed': ofClient({
    ...inSessions,
    ...declaring('roots.listChanged'),
    message: rootsListChangedNotification,
  }),
  'notifications/subscriptions/acknowledged': ofServer({
    since: '2026-07-28',
    message: subscriptionsAcknowledgedNotification,
  }),
  'notifications/tasks/status': ofBoth({
    since: '2025-11-25',
    end: '2026-07-28',
    ...declaring('tasks'),
    message: taskStatusNotification,
  }),
  'notifications/elicitation/complete': ofServer({
    since: '2025-11-25',
    end: '2026-07-28',
    capability: { declaredBy: 'client', path: 'elicitation.url' },
    message: elicitationCompleteNotification,
  }),
};
