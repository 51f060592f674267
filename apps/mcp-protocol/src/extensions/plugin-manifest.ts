import {
  decode,
  Flag,
  invalidField,
  JsonObject,
  ListOf,
  Name,
  Nested,
  OneOf,
  Text,
  Texts,
  Whole,
} from '@scm/contracts';
import { isJsonObject, methods as coreMethods, protocolRevisions, type ProtocolRevision } from '@scm/mcp-messages';

export const hookStages = ['beforeTranslation', 'afterTranslation'] as const;
export type HookStage = (typeof hookStages)[number];

export const hookDirections = ['fromClient', 'toClient', 'toUpstream', 'fromUpstream'] as const;
export type HookDirection = (typeof hookDirections)[number];

const ID = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const PERMISSION = /^(log|metrics:read|tools:list|tools:call|fetch:[a-z0-9.-]+(:\d{1,5})?)$/;
const MAX_METHODS = 32;

/** Messages that a plugin sees, and may change, on their way. */
export class HookDeclaration {
  @OneOf(hookStages) stage: HookStage;
  @OneOf(hookDirections) direction: HookDirection;
  @Texts({ max: 64, description: 'Of the requests whose parameters, or results, it is given' }) methods: string[];
}

/** What one run of a plugin's code may take. */
export class PluginLimits {
  @Whole({ min: 1, max: 30_000, optional: true, description: 'With what it waits for; default 1,000' }) timeMs?: number;
  @Whole({ min: 1, max: 256, optional: true, description: 'Default 16' }) memoryMib?: number;
}

/** The file `manifest.json` of a plugin. */
export class PluginManifest {
  @Text({ max: 128, pattern: ID, description: 'The extension: `vendor.example/name`' }) id: string;
  @Text({ max: 64 }) version: string;
  @Text({ max: 128, optional: true }) title?: string;
  @Text({ max: 1_024, optional: true }) description?: string;
  @Name({ optional: true, description: 'The module, in the folder of the manifest; default `index.js`' })
  module?: string;
  @JsonObject({ optional: true, description: 'What `capabilities` says of it besides its version' })
  capability?: Record<string, unknown>;
  @Texts({ max: 5, of: protocolRevisions, optional: true, description: 'Whose clients it is for; default all' })
  revisions?: ProtocolRevision[];
  @Texts({ max: 32, optional: true, description: '`log`, `metrics:read`, `tools:list`, `tools:call`, `fetch:<host>`' })
  permissions?: string[];
  @JsonObject({ optional: true, description: 'Its methods, each with the JSON Schemas `params` and `result`' })
  methods?: Record<string, MethodSchemas>;
  @ListOf(() => HookDeclaration, { max: 16, optional: true }) hooks?: HookDeclaration[];
  @OneOf(['refuse', 'skip'], {
    optional: true,
    description: 'What becomes of a message whose hook fails; default refuse',
  })
  onFailure?: 'refuse' | 'skip';
  @Nested(() => PluginLimits, { optional: true }) limits?: PluginLimits;
  @Flag({ optional: true, description: 'Default true' }) enabled?: boolean;
}

export interface MethodSchemas {
  params: object;
  result: object;
}

/** Throws INVALID_ARGUMENT that names the field. */
export function readManifest(text: string): PluginManifest {
  const manifest = decode(PluginManifest, text);
  const { id, permissions = [], methods = {} } = manifest;
  const unknown = permissions.find((permission) => !PERMISSION.test(permission));
  if (unknown !== undefined) throw invalidField('permissions', `${unknown} is no permission`);
  const names = Object.keys(methods);
  if (names.length > MAX_METHODS) throw invalidField('methods', `are more than ${MAX_METHODS}`);
  const vendor = id.slice(0, id.indexOf('/') + 1);
  for (const name of names) {
    if (!name.startsWith(vendor)) throw invalidField(`methods.${name}`, `must begin with ${vendor}`);
    if (Object.hasOwn(coreMethods, name)) throw invalidField(`methods.${name}`, 'is a method of the protocol');
    const { params, result } = (methods[name] ?? {}) as Partial<MethodSchemas>;
    if (!isJsonObject(params)) throw invalidField(`methods.${name}.params`, 'must be a JSON Schema');
    if (!isJsonObject(result)) throw invalidField(`methods.${name}.result`, 'must be a JSON Schema');
  }
  return manifest;
}
