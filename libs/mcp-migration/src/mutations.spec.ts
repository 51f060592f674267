import { describe, expect, it } from '@jest/globals';
import { isJsonObject, protocolRevisions, type ProtocolRevision } from '@scm/mcp-messages';
import { mutationsOf, randomOf } from '../../mcp-messages/src/testing/instances.js';
import { hasSchemas } from '../../mcp-messages/src/testing/official.js';
import { translate, Untranslatable, withLedger } from './index.js';
import type { Carried } from './testing/carriers.js';
import { generated } from './testing/generated.js';

const seed = Number(process.env['MCP_MODELS_SEED'] ?? Date.now() % 1_000_000);

// Without the schemas nothing is generated, which official-examples.spec.ts counts as skipped.
const compared = hasSchemas ? describe : (): void => undefined;

compared('messages that are not valid', () => {
  it.each([...protocolRevisions])('of %s are translated or refused, whatever is wrong with them', (from) => {
    const random = randomOf(seed);
    const broken: string[] = [];
    let tried = 0;
    for (const message of generated(from, seed, 3)) {
      for (const { at, value } of mutationsOf(message.body)) {
        // A message without a method, a result or an error does not come through any door.
        if (!isMessage(value) || random() < 0.5) continue;
        const to = protocolRevisions[Math.floor(random() * protocolRevisions.length)] ?? from;
        tried += 1;
        const fault = faultIn({ ...message, body: value }, from, to);
        if (fault) broken.push(`${JSON.stringify(message.body)} to ${to} with ${at}: ${fault}`);
      }
    }
    process.stderr.write(`mutated messages of ${from}: ${tried} translated or refused, ${broken.length} not\n`);
    expect(broken.slice(0, 5)).toEqual([]);
  });
});

function isMessage(value: unknown): value is Carried['body'] {
  if (!isJsonObject(value)) return false;
  return typeof value['method'] === 'string' || isJsonObject(value['result']) || isJsonObject(value['error']);
}

function faultIn({ body, sender, method }: Carried, from: ProtocolRevision, to: ProtocolRevision): string | undefined {
  try {
    const translation = translate(body, { from, to, sender, ...(method && { method }) });
    if ('result' in translation.message) withLedger(translation.message.result, translation);
    return undefined;
  } catch (error) {
    return error instanceof Untranslatable ? undefined : String(error);
  }
}
