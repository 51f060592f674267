import type { Role } from './permissions.js';

/** The caller whose identity is proved, in the workspace the call works in. */
export interface Actor {
  kind: 'user' | 'api-key' | 'service';
  /** User id, API key id, or service name. */
  id: string;
  /** What people call it: the username, the key's name, the service. */
  name: string;
  workspaceId: string;
  /** A service has no role: what it may do is `internal`, or what the policy grants services. */
  role?: Role;
  /** The login session of a user; it ends with a logout. */
  sessionId?: string;
  /** For a service that acts because someone else asked: that actor's id. */
  onBehalfOf?: string;
}

export const services = [
  'auth',
  'gateway',
  'metrics-ingest',
  'workflow-orchestrator',
  'step-workers',
  'mcp-protocol',
  'notifier',
] as const;

export type ServiceName = (typeof services)[number];

/** The workspace that the first administrator gets and that the host's own metrics belong to, unless configured. */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-7000-8000-000000000001';
