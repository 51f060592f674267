import type { LoggedEvent } from './event-log.js';
import { Message } from './wire.js';

/** So much text goes into one frame; a single event may be larger. */
const MAX_CHARS = 262_144;

/** Events of one channel that follow each other, as one frame. */
export class Batch {
  private made?: Message;

  /** @param previous the channel's sequence number before the first of them */
  constructor(
    readonly channel: string,
    readonly previous: number,
    readonly events: readonly LoggedEvent[],
  ) {}

  get last(): LoggedEvent | undefined {
    return this.events.at(-1);
  }

  get chars(): number {
    return this.events.reduce((sum, { json }) => sum + json.length, 0);
  }

  /** The same one for everybody who gets this batch. */
  get message(): Message {
    return (this.made ??= new Message(eventFrame(this)));
  }

  /** Its newest event alone. */
  newest(): Batch {
    return this.slice(this.events.length - 1, this.events.length, this.events.at(-2)?.seq ?? this.previous);
  }

  /** What comes after a sequence number, `count` events at most. */
  after(seq: number, count: number): Batch {
    const found = this.events.findIndex((event) => event.seq > seq);
    const start = found < 0 ? this.events.length : found;
    return this.slice(start, Math.min(this.events.length, start + count), Math.max(seq, this.previous));
  }

  private slice(start: number, end: number, previous: number): Batch {
    const isWhole = previous === this.previous && end - start === this.events.length;
    return isWhole ? this : new Batch(this.channel, previous, this.events.slice(start, end));
  }
}

/** The events that follow `previous`, in order, as batches that each fit a frame. */
export function batchesOf(channel: string, previous: number, events: readonly LoggedEvent[]): Batch[] {
  const batches: Batch[] = [];
  let [before, chars] = [previous, 0];
  let open: LoggedEvent[] = [];
  const close = () => {
    if (open.length > 0) batches.push(new Batch(channel, before, open));
    before = open.at(-1)?.seq ?? before;
    [open, chars] = [[], 0];
  };
  for (const event of events) {
    if (event.seq <= (open.at(-1)?.seq ?? before)) continue;
    if (chars + event.json.length > MAX_CHARS) close();
    open.push(event);
    chars += event.json.length;
  }
  close();
  return batches;
}

/** `p` is the channel's previous sequence number: a client whose last one differs has missed something. */
function eventFrame({ channel, previous, events, last }: Batch): string {
  const numbers = events.map(({ seq }) => seq).join();
  const data = events.map(({ json }) => json).join();
  return `{"t":"ev","ch":${JSON.stringify(channel)},"p":${previous},"s":[${numbers}],"d":[${data}],"ts":${last?.ts ?? 0}}`;
}
