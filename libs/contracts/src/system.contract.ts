import { rpc } from './define.js';
import { Instant, JsonObject, OneOf, Text, Whole } from './fields.js';
import { services, type ServiceName } from './actor.js';
import { Nothing } from './page.js';

/** What a replica says of itself when the mesh is asked. */
export class ReplicaStatus {
  @OneOf(services) service: ServiceName;
  @Text({ max: 128 }) instance: string;
  @Text({ max: 32 }) version: string;
  @OneOf(['ready', 'degraded', 'stopping']) state: 'ready' | 'degraded' | 'stopping';
  @Instant() startedAt: string;
  @Whole() pid: number;
  /** Each dependency with `ok` or why not: `{"postgres":"ok","jetstream":"timed out"}`. */
  @JsonObject() checks: Record<string, string>;
}

/** Answered by every replica of every service, from libs/service. */
export const SystemApi = {
  status: rpc('system.v1.report-status', Nothing, ReplicaStatus, {
    service: 'gateway',
    access: 'public',
    changes: false,
    answer: 'all',
    timeoutMs: 1_000,
  }),
};
