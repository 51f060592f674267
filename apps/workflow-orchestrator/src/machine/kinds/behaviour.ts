import type { ExecutionError } from '../error.js';
import type { Node } from '../plan.js';
import type { Frame } from '../state.js';
import type { CloudEvent } from '../cloud-event.js';
import type { Walk } from '../walk.js';

/** What one kind of frame does when something comes to it. */
export interface Behaviour {
  enter(walk: Walk, frame: Frame, node: Node): void;
  /** A frame below has left with an output and a flow directive. */
  childDone?(walk: Walk, frame: Frame, child: Frame, output: unknown, directive: string): void;
  /** A frame below has failed; without this it fails too. */
  childFailed?(walk: Walk, frame: Frame, child: Frame, error: ExecutionError): void;
  /** Its `wakeAt` has come. */
  wake?(walk: Walk, frame: Frame): void;
  /** An event has come while it waits for events; false when it is none that it waits for. */
  consume?(walk: Walk, frame: Frame, event: CloudEvent): boolean;
  /** Goes on with what is to be done next. */
  next?(walk: Walk): void;
}
