import { Injectable } from '@nestjs/common';
import { noRequest } from './authorization-fault.js';
import { SecretBox } from '@scm/service';

/** Each is sealed for its kind and its row, so that none can stand in another's place. */
type SealedKind = 'setting' | 'held' | 'request';

/** Which request a callback ends, and in whose workspace. */
export interface CallbackState {
  workspaceId: string;
  requestId: string;
}

const STATE_PLACE = 'upstream-authorization-state';

@Injectable()
export class AuthorizationSeals {
  constructor(private readonly box: SecretBox) {}

  seal(kind: SealedKind, id: string, value: object): string {
    return this.box.seal(JSON.stringify(value), placeOf(kind, id));
  }

  open<T extends object>(kind: SealedKind, id: string, sealed: string): T {
    return JSON.parse(this.box.open(sealed, placeOf(kind, id))) as T;
  }

  sealState(state: CallbackState): string {
    return this.box.seal(JSON.stringify(state), STATE_PLACE);
  }

  /** Throws NOT_FOUND for a state that is not one of ours. */
  openState(text: string): CallbackState {
    try {
      // Only one spelling of a state is good.
      if (Buffer.from(text, 'base64url').toString('base64url') !== text) throw new TypeError('another spelling');
      return JSON.parse(this.box.open(text, STATE_PLACE)) as CallbackState;
    } catch {
      throw noRequest();
    }
  }
}

function placeOf(kind: SealedKind, id: string): string {
  return `upstream-authorizations/${kind}/${id}`;
}
