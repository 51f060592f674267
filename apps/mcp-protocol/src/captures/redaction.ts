import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { redact } from '@scm/service';

const SECRET = /(password|passwd|secret|authorization|cookie|api[-_]?key|credentials?|private[-_]?key|token)$/i;
// It names a request, and nothing is opened with it.
const harmless: readonly string[] = ['progressToken'];
/** What every replacement begins with. */
export const REDACTED = '[redacted';

/** Replaces what looks like a secret, by its name or by itself, and counts. */
export class Redaction {
  count = 0;

  of(value: JsonObject): JsonObject {
    return this.inside(value) as JsonObject;
  }

  private inside(value: unknown): unknown {
    if (typeof value === 'string') return this.counted(value, redact(value));
    if (Array.isArray(value)) return value.map((item) => this.inside(item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.member(key, inner)]));
  }

  private member(key: string, value: unknown): unknown {
    const isSecret = SECRET.test(key) && !harmless.includes(key) && ['string', 'number'].includes(typeof value);
    return isSecret ? this.counted(value, `${REDACTED}]`) : this.inside(value);
  }

  private counted(before: unknown, after: string): string {
    if (before !== after) this.count += 1;
    return after;
  }
}
