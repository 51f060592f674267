import { invalidField, type JudgeMessageRequest, type MessageInRevision, type MessageJudgement } from '@scm/contracts';
import { isProtocolRevision, protocolRevisions, type JsonObject, type ProtocolRevision } from '@scm/mcp-messages';
import { translate, Untranslatable } from '@scm/mcp-migration';
import { problemOf, type ExtensionsOf, type Said } from '../captures/verdict.js';

/** Judges a message by the schema of its revision, and shows what each other revision makes of it. Throws INVALID_ARGUMENT. */
export function judgeMessage(
  { revision, sender, message, method }: JudgeMessageRequest,
  extensionsOf: ExtensionsOf,
): MessageJudgement {
  if (!isProtocolRevision(revision)) throw invalidField('revision', 'is not a published revision');
  const said = { revision, sender, message, method: methodOf(message, method) };
  const problem = problemOf(said, extensionsOf);
  const others = protocolRevisions.filter((other) => other !== revision);
  const revisions = problem ? [] : others.map((other) => inRevision(said, other, extensionsOf));
  return { valid: !problem, ...(problem && { problem }), revisions };
}

function methodOf(message: JsonObject, answered: string | undefined): string {
  const { method } = message;
  if (typeof method === 'string') return method;
  if (!('result' in message) && !('error' in message))
    throw invalidField('message', 'is neither a request, nor a notification, nor a response');
  if (answered === undefined) throw invalidField('method', 'is missing: a response does not say what it answers');
  return answered;
}

function inRevision(said: Said, to: ProtocolRevision, extensionsOf: ExtensionsOf): MessageInRevision {
  const { revision: from, sender, method } = said;
  try {
    const call = said.message as { method: string };
    const { message, applied } = translate(call, { from, to, sender, method });
    const problem = problemOf({ ...said, revision: to, message: { ...message } }, extensionsOf);
    return { revision: to, valid: !problem, ...(problem && { problem }), message: { ...message }, rules: applied };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    return { revision: to, valid: false, rules: [], refusedBy: error.rule, reason: error.message };
  }
}
