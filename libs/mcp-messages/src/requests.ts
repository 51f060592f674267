import { callToolRequest, callToolResult, listToolsRequest, listToolsResult } from './tools.js';
import { completeRequest, completionResult } from './completion.js';
import { elicitRequest, elicitResult } from './elicitation.js';
import { discoverRequest, discoverResult, initializeRequest, initializeResult, pingRequest } from './lifecycle.js';
import { setLevelRequest } from './logging.js';
import { emptyResult } from './message.js';
import type { Method, Peer } from './method.js';
import { getPromptRequest, getPromptResult, listPromptsRequest, listPromptsResult } from './prompts.js';
import {
  listResourcesRequest,
  listResourcesResult,
  listResourceTemplatesRequest,
  listResourceTemplatesResult,
  readResourceRequest,
  readResourceResult,
  subscribeRequest,
  unsubscribeRequest,
} from './resources.js';
import { listRootsRequest, listRootsResult } from './roots.js';
import { createMessageRequest, createMessageResult } from './sampling.js';
import { subscriptionsListenRequest, subscriptionsListenResult } from './subscriptions.js';
import {
  cancelTaskRequest,
  cancelTaskResult,
  getTaskPayloadRequest,
  getTaskPayloadResult,
  getTaskRequest,
  getTaskResult,
  listTasksRequest,
  listTasksResult,
} from './task-messages.js';

type Rest = Omit<Method, 'kind' | 'senders'>;

const ofClient = (rest: Rest): Method => ({ kind: 'request', senders: ['client'], ...rest });
const ofServer = (rest: Rest): Method => ({ kind: 'request', senders: ['server'], ...rest });
const ofBoth = (rest: Rest): Method => ({ kind: 'request', senders: ['client', 'server'], ...rest });

const needs = (declaredBy: Peer | 'receiver', path: string): Pick<Method, 'capability'> => ({
  capability: { declaredBy, path },
});

const always = { since: '2024-11-05' } as const;
const inSessions = { since: '2024-11-05', end: '2026-07-28' } as const;
const onlyIn1125 = { since: '2025-11-25', end: '2026-07-28' } as const;
const embedded = { embeddedSince: '2026-07-28' } as const;

const tools = needs('server', 'tools');
const resources = needs('server', 'resources');
const prompts = needs('server', 'prompts');

/** Every request of every revision, by its method. */
export const requests: Readonly<Record<string, Method>> = {
  initialize: ofClient({ ...inSessions, message: initializeRequest, result: initializeResult }),
  ping: ofBoth({ ...inSessions, message: pingRequest, result: emptyResult }),
  'server/discover': ofClient({ since: '2026-07-28', message: discoverRequest, result: discoverResult }),
  'tools/list': ofClient({ ...always, ...tools, message: listToolsRequest, result: listToolsResult }),
  'tools/call': ofClient({ ...always, ...tools, mayAsk: true, message: callToolRequest, result: callToolResult }),
  'resources/list': ofClient({ ...always, ...resources, message: listResourcesRequest, result: listResourcesResult }),
  'resources/templates/list': ofClient({
    ...always,
    ...resources,
    message: listResourceTemplatesRequest,
    result: listResourceTemplatesResult,
  }),
  'resources/read': ofClient({
    ...always,
    ...resources,
    mayAsk: true,
    message: readResourceRequest,
    result: readResourceResult,
  }),
  'resources/subscribe': ofClient({
    ...inSessions,
    ...needs('server', 'resources.subscribe'),
    message: subscribeRequest,
    result: emptyResult,
  }),
  'resources/unsubscribe': ofClient({
    ...inSessions,
    ...needs('server', 'resources.subscribe'),
    message: unsubscribeRequest,
    result: emptyResult,
  }),
  'subscriptions/listen': ofClient({
    since: '2026-07-28',
    message: subscriptionsListenRequest,
    result: subscriptionsListenResult,
  }),
  'prompts/list': ofClient({ ...always, ...prompts, message: listPromptsRequest, result: listPromptsResult }),
  'prompts/get': ofClient({ ...always, ...prompts, mayAsk: true, message: getPromptRequest, result: getPromptResult }),
  'completion/complete': ofClient({
    ...always,
    capability: { declaredBy: 'server', path: 'completions', since: '2025-03-26' },
    message: completeRequest,
    result: completionResult,
  }),
  'logging/setLevel': ofClient({
    ...inSessions,
    ...needs('server', 'logging'),
    message: setLevelRequest,
    result: emptyResult,
  }),
  'sampling/createMessage': ofServer({
    ...always,
    ...embedded,
    ...needs('client', 'sampling'),
    message: createMessageRequest,
    result: createMessageResult,
  }),
  'roots/list': ofServer({
    ...always,
    ...embedded,
    ...needs('client', 'roots'),
    message: listRootsRequest,
    result: listRootsResult,
  }),
  'elicitation/create': ofServer({
    since: '2025-06-18',
    ...embedded,
    ...needs('client', 'elicitation'),
    message: elicitRequest,
    result: elicitResult,
  }),
  'tasks/get': ofBoth({ ...onlyIn1125, ...needs('receiver', 'tasks'), message: getTaskRequest, result: getTaskResult }),
  'tasks/result': ofBoth({
    ...onlyIn1125,
    ...needs('receiver', 'tasks'),
    message: getTaskPayloadRequest,
    result: getTaskPayloadResult,
  }),
  'tasks/list': ofBoth({
    ...onlyIn1125,
    ...needs('receiver', 'tasks.list'),
    message: listTasksRequest,
    result: listTasksResult,
  }),
  'tasks/cancel': ofBoth({
    ...onlyIn1125,
    ...needs('receiver', 'tasks.cancel'),
    message: cancelTaskRequest,
    result: cancelTaskResult,
  }),
};
