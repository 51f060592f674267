import { Controller, Inject } from '@nestjs/common';
import { SystemApi, type ReplicaStatus } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { Health } from './health.js';
import { IDENTITY, type Identity } from './identity.js';

/** Every replica of every service says how it is. */
@Controller()
export class StatusHandler {
  constructor(
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly health: Health,
  ) {}

  @Rpc(SystemApi.status)
  async report(): Promise<ReplicaStatus> {
    const { service, instance, version, startedAt } = this.identity;
    return {
      service,
      instance,
      version,
      startedAt,
      pid: process.pid,
      state: this.health.state,
      checks: { ...this.health.results },
    };
  }
}
