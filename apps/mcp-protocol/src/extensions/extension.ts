import type { Extension, JsonObject, ProtocolRevision } from '@scm/mcp-messages';
import type { HookDeclaration } from './plugin-manifest.js';

/** An extension of the protocol that this server has, built in or as a plugin. */
export interface RegisteredExtension {
  id: string;
  version: string;
  title?: string;
  description?: string;
  isBuiltIn: boolean;
  /** Whose clients it is for. */
  revisions: readonly ProtocolRevision[];
  permissions: readonly string[];
  hooks: readonly HookDeclaration[];
  onFailure: 'refuse' | 'skip';
  /** What `capabilities` says of it. */
  capability: JsonObject;
  /** Its methods, by which their messages are judged. */
  model: Extension;
}
