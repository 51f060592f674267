import {
  findErrorFault,
  findFault,
  findResultFault,
  isEmbedded,
  methodIn,
  type Fault,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { definitions } from '../../../mcp-messages/src/testing/definitions.js';
import { hasSchemas, official, type Official } from '../../../mcp-messages/src/testing/official.js';
import type { CallBody, ErrorBody, ResultBody } from '../index.js';

const schemas = new Map<ProtocolRevision, Official>();

function officialOf(revision: ProtocolRevision): Official {
  let schema = schemas.get(revision);
  if (!schema) schemas.set(revision, (schema = official(revision)));
  return schema;
}

const names = new Map(Object.entries(definitions).map(([name, model]) => [model, name]));

/** What our models, and the official schema where it is there, find wrong with a body in a revision; undefined for nothing. */
export function faultOf(
  revision: ProtocolRevision,
  body: CallBody | ResultBody | ErrorBody,
  answered = '',
): Fault | undefined {
  if ('error' in body)
    return by(revision, 'JSONRPCErrorResponse', enveloped(body), findErrorFault(revision, enveloped(body)));
  if ('result' in body) {
    const definition = names.get(methodIn(revision, answered)?.result as never) ?? 'Result';
    return by(revision, definition, body.result, findResultFault(revision, answered, body.result));
  }
  const method = methodIn(revision, body.method);
  if (!method) return { pointer: '/method', message: `is not in ${revision}` };
  const message =
    isEmbedded(revision, method) || method.kind === 'notification'
      ? { ...(method.kind === 'notification' && { jsonrpc: '2.0' }), ...body }
      : enveloped(body);
  return by(revision, names.get(method.message) as string, message, findFault(method.message, revision, message));
}

function enveloped(body: object): object {
  return { jsonrpc: '2.0', id: 1, ...body };
}

function by(
  revision: ProtocolRevision,
  definition: string,
  value: unknown,
  ours: Fault | undefined,
): Fault | undefined {
  if (ours || !hasSchemas) return ours;
  const { definitions: theirs, accepts } = officialOf(revision);
  const name = [definition, definition.replace('ErrorResponse', 'Error')].find((one) => one in theirs);
  if (!name) return { pointer: '', message: `${definition} is not in the official schema of ${revision}` };
  return accepts(name, value) ? undefined : { pointer: '', message: `is not ${name} by the official schema` };
}
