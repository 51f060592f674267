import { isJsonObject, metaKeys, type JsonObject } from '@scm/mcp-messages';
import { within, without, withoutMeta } from '../members.js';
import { inNotification, ofMethods, type Place } from '../place.js';
import { lossless, rulesOf, type Change } from '../rule.js';

const requestKeys = [metaKeys.protocolVersion, metaKeys.clientCapabilities, metaKeys.clientInfo, metaKeys.logLevel];

const anonymous: JsonObject = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} };

const withMeta: Change = (message, work) => {
  const params = isJsonObject(message['params']) ? message['params'] : {};
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  // What the session says counts, whatever the message claims.
  const own = without(meta, ...requestKeys);
  return { ...message, params: { ...params, _meta: { ...own, ...(work.context.requestMeta ?? anonymous) } } };
};

const strip: Change = (message) => within(message, 'params', (params) => withoutMeta(params, ...requestKeys));

const stamp: Change = (message, work) => {
  const { subscriptionId } = work.context;
  if (subscriptionId === undefined) return message;
  const params = isJsonObject(message['params']) ? message['params'] : {};
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  return { ...message, params: { ...params, _meta: { ...meta, [metaKeys.subscriptionId]: subscriptionId } } };
};

const fromClient: Place[] = ofMethods('all', 'request').map((place) => ({ ...place, sender: 'client' }));

const subscribed = [
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
];

export const requestMetaRules = rulesOf('2026-07-28', {
  'request-meta': {
    title: 'What each request says about its client',
    up: lossless('Taken from the session, whatever the message claims; parameters that were left out hold it.'),
    down: lossless('Taken away: the session says it. Other keys stay.'),
    changes: [{ at: fromClient, up: withMeta, down: strip }],
  },
  'subscription-id': {
    title: 'Which subscription a notification belongs to',
    up: lossless('The bridge names the subscription.'),
    down: lossless('Taken away.'),
    changes: [
      { at: ofMethods(subscribed, 'notification'), up: stamp },
      { at: [inNotification('all')], down: (params) => withoutMeta(params, metaKeys.subscriptionId) },
    ],
  },
});
