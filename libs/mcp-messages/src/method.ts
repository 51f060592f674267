import type { Part } from './model.js';
import type { ProtocolRevision } from './revisions.js';

export type Peer = 'client' | 'server';

/** One method over the revisions that have it. */
export interface Method {
  kind: 'request' | 'notification';
  since: ProtocolRevision;
  /** The revision that took it away. */
  end?: ProtocolRevision;
  senders: readonly Peer[];
  /** Since that revision only the server sends it. */
  serverOnlySince?: ProtocolRevision;
  /** Since that revision it has no message of its own: it stands in a result that asks for input. */
  embeddedSince?: ProtocolRevision;
  capability?: Capability;
  /** Since 2026-07-28 its result may ask for input instead. */
  mayAsk?: true;
  message: Part;
  /** Of requests: what answers them. */
  result?: Part;
}

/** What has to be declared before the method may be used, as a path into the capabilities of whoever declares it. */
export interface Capability {
  declaredBy: Peer | 'receiver' | 'sender';
  path: string;
  /** Older revisions do not ask for it. */
  since?: ProtocolRevision;
}
