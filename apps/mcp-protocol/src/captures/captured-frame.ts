import type { CapturedFrame } from '@scm/contracts';
import { latestRevision, type JsonObject } from '@scm/mcp-messages';
import type { Frame } from './recorder.js';
import type { Redaction } from './redaction.js';
import { kindOf, problemOf, type ExtensionsOf } from './verdict.js';

const MAX_MESSAGE_CHARACTERS = 65_536;
const MAX_CHARACTERS = 524_288;

/** A frame as it is shown: both of its forms judged. */
export function shownFrame(
  frame: Frame,
  show: (message: JsonObject) => JsonObject,
  extensionsOf: ExtensionsOf,
): CapturedFrame {
  const { atMs, peer, upstream, direction, method, revision, message, canonical, rules } = frame;
  const sender = (peer === 'client') === (direction === 'received') ? 'client' : 'server';
  const problem = problemOf({ revision, sender, method, message }, extensionsOf);
  const canonicalProblem =
    canonical && problemOf({ revision: latestRevision, sender, method, message: canonical }, extensionsOf);
  return {
    atMs,
    peer,
    ...(upstream !== undefined && { upstream }),
    direction,
    kind: kindOf({ message, method }),
    method: method.slice(0, 128),
    revision,
    message: show(message),
    ...(problem && { problem }),
    ...(canonical && { canonical: show(canonical) }),
    ...(canonicalProblem && { canonicalProblem }),
    rules: [...rules],
  };
}

/** Shows messages until they are too many characters: what is larger than there is room says how large it is. */
export function shower(redaction: Redaction | undefined): (message: JsonObject) => JsonObject {
  let room = MAX_CHARACTERS;
  return (message) => {
    const { length } = JSON.stringify(message);
    if (length > MAX_MESSAGE_CHARACTERS || length > room) return { omittedBytes: length };
    room -= length;
    return redaction ? redaction.of(message) : message;
  };
}
