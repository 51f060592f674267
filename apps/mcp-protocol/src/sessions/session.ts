import type { McpRequest } from '@scm/contracts';
import type { JsonObject, LogLevel, ProtocolRevision } from '@scm/mcp-messages';

/** A client of an older revision between its messages. */
export interface Session {
  readonly id: string;
  readonly workspaceId: string;
  readonly principal: string;
  readonly transport: McpRequest['transport'];
  /** Undefined until the client initializes. */
  readonly revision?: ProtocolRevision;
  readonly server?: string;
  /** What every canonical request of this client says in `_meta`: its name and its capabilities. */
  readonly requestMeta: JsonObject;
  readonly logLevel?: LogLevel;
  readonly subscriptions: readonly string[];
}

/** What a session changes while it lasts. */
export type SessionChange = Partial<Pick<Session, 'revision' | 'requestMeta' | 'logLevel'>>;
