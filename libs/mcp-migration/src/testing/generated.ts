import {
  isEmbedded,
  isJsonObject,
  methodIn,
  methodsOf,
  sendersOf,
  type Method,
  type Part,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { definitions } from '../../../mcp-messages/src/testing/definitions.js';
import { instanceOf, randomOf } from '../../../mcp-messages/src/testing/instances.js';
import { official } from '../../../mcp-messages/src/testing/official.js';
import type { CallBody } from '../index.js';
import type { Carried } from './carriers.js';

/** Valid messages of every method of a revision, as its official schema describes them. */
export function* generated(revision: ProtocolRevision, seed: number, perMethod: number): Generator<Carried> {
  const { definitions: theirs } = official(revision);
  const random = randomOf(seed);
  const instance = (model: Part | undefined): unknown => {
    const name = Object.keys(definitions).find((one) => definitions[one] === model && one in theirs);
    return instanceOf({ $ref: `#/${name ?? 'Result'}` }, theirs, random);
  };
  for (const name of methodsOf(revision)) {
    const method = methodIn(revision, name) as Method;
    for (const sender of isEmbedded(revision, method) ? ['server' as const] : sendersOf(revision, method)) {
      const answerer = sender === 'client' ? 'server' : 'client';
      for (let n = 0; n < perMethod; n += 1) {
        yield { body: instance(method.message) as CallBody, sender };
        const result = method.result && instance(method.result);
        if (isJsonObject(result)) yield { body: { result }, sender: answerer, method: name };
      }
    }
  }
}
