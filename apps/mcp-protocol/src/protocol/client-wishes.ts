import { isJsonObject, logLevels, metaKeys, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';

type Send = (notification: JsonRpcNotification) => void;

/** Lets pass only what the request asked for: progress by its token, log messages by their least level. */
export function restrained(params: JsonObject, send: Send): Send {
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  const { progressToken, [metaKeys.logLevel]: least } = meta;
  const leastLevel = logLevels.indexOf(least as (typeof logLevels)[number]);
  return (notification) => {
    const { method, params: said = {} } = notification;
    if (
      method === 'notifications/progress' &&
      (progressToken === undefined || said['progressToken'] !== progressToken)
    ) {
      return;
    }
    if (method === 'notifications/message') {
      const level = logLevels.indexOf(said['level'] as (typeof logLevels)[number]);
      if (leastLevel < 0 || level < leastLevel) return;
    }
    send(notification);
  };
}
