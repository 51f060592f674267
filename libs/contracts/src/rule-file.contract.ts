import { rpc } from './define.js';
import { Instant, JsonObject, JsonValue, ListOf, Name, Text, Whole } from './fields.js';
import { Nothing, PageRequest } from './page.js';

/** A Prometheus rule file under a name; what was stored under the name before is replaced as a whole. */
export class RuleFileInput {
  @Name() name: string;
  @JsonValue({ description: 'Rule groups as Prometheus writes them: YAML or JSON text, or an object' })
  document: unknown;
}

export class RuleFile {
  @Name() name: string;
  /** How many groups and rules it has. */
  @Whole() groups: number;
  @Whole() rules: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  /** Shown of one file; lists leave it out. */
  @JsonObject({ optional: true }) document?: Record<string, unknown>;
}

export class RuleFilePage {
  @ListOf(() => RuleFile) items: RuleFile[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class RuleFileRef {
  @Name() name: string;
}

const service = 'metrics-ingest';
const read = { service, access: 'rules:read', changes: false } as const;
const write = { service, access: 'rules:write', changes: true } as const;

export const RuleFileApi = {
  put: rpc('rule-file.v1.put', RuleFileInput, RuleFile, write),
  list: rpc('rule-file.v1.list', PageRequest, RuleFilePage, read),
  get: rpc('rule-file.v1.get', RuleFileRef, RuleFile, read),
  /** Removes the file with its rules; what they have firing is resolved. */
  remove: rpc('rule-file.v1.remove', RuleFileRef, Nothing, write),
};
