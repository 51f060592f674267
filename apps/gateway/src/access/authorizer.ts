import { Injectable } from '@nestjs/common';
import { ServiceError, type Access, type Actor } from '@scm/contracts';
import { Policy } from '@scm/policy';
import { DenialLog } from './denial-log.js';

/** Judges what the gateway answers itself, by the same policy as every service. */
@Injectable()
export class Authorizer {
  constructor(
    private readonly policy: Policy,
    private readonly denials: DenialLog,
  ) {}

  /** Throws PERMISSION_DENIED and puts it on record. */
  check(access: Access, actor: Actor | undefined, what: string): void {
    try {
      this.policy.authorize(access, actor);
    } catch (error) {
      if (error instanceof ServiceError) this.denials.add(actor, access, what, error.message);
      throw error;
    }
  }
}
