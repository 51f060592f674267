import { Injectable } from '@nestjs/common';
import type { Capture, CapturedExchange } from '@scm/contracts';
import { newId } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';
import { ProtocolError, type JsonObject, type ProtocolRevision } from '@scm/mcp-messages';
import { ExtensionRegistry } from '../extensions/extension.registry.js';
import { measureOperation } from '../protocol/operation.telemetry.js';
import { ActiveCaptures } from './active-captures.js';
import { capturedExchange, type Recorded } from './captured-exchange.js';
import { ExchangeStore } from './exchange.store.js';
import { Recorder, type ExchangeFacts } from './recorder.js';
import { runRecorded } from './recording.leg.js';

/** An exchange that goes on is shown this often. */
const SNAPSHOT_MS = 1_000;

/** Measures every exchange, and records those that a capture asks for: without captures that costs one look. */
@Injectable()
export class Recording {
  constructor(
    private readonly active: ActiveCaptures,
    private readonly store: ExchangeStore,
    private readonly extensions: ExtensionRegistry,
  ) {}

  /** `work` gives the response. */
  async around(facts: ExchangeFacts, work: () => Promise<JsonObject>): Promise<JsonObject> {
    return measureOperation(facts, () => {
      const captures = this.active.matching(facts);
      return captures.length === 0 ? work() : this.captured(facts, captures, work);
    });
  }

  /** One exchange for whoever asks for it, without a capture. */
  async once(facts: ExchangeFacts, work: () => Promise<JsonObject>): Promise<CapturedExchange> {
    const recorded = this.begin(facts, () => {});
    await finish(recorded, work).catch((error: unknown) => {
      if (!(error instanceof ProtocolError)) throw error;
    });
    return capturedExchange(recorded, { id: newId(), keepsSecrets: true });
  }

  private async captured(
    facts: ExchangeFacts,
    captures: readonly Capture[],
    work: () => Promise<JsonObject>,
  ): Promise<JsonObject> {
    let timer: NodeJS.Timeout | undefined;
    const kept = captures.map(({ id: captureId, keepsSecrets }) => ({ id: newId(), captureId, keepsSecrets }));
    const tell = () => {
      for (const as of kept) this.store.tell(capturedExchange(recorded, as));
    };
    const snapshot = () => {
      timer = undefined;
      if (!recorded.response) tell();
    };
    const recorded = this.begin(facts, () => (timer ??= setTimeout(snapshot, SNAPSHOT_MS)));
    try {
      return await finish(recorded, work);
    } finally {
      clearTimeout(timer);
      tell();
    }
  }

  private begin(facts: ExchangeFacts, onFrame: () => void): Recorded {
    const { kind, id } = currentActor();
    const extensionsOf = (revision: ProtocolRevision) => this.extensions.modelsFor(revision);
    const recorder = new Recorder(facts, onFrame);
    return { principal: `${kind}:${id}`, traceId: currentTraceId(), recorder, extensionsOf };
  }
}

async function finish(recorded: Recorded, work: () => Promise<JsonObject>): Promise<JsonObject> {
  const end = (response: JsonObject) => {
    recorded.recorder.end(response);
    recorded.response = response;
    return response;
  };
  try {
    return end(await runRecorded(recorded.recorder, work));
  } catch (error) {
    if (error instanceof ProtocolError) end({ ...error.toResponse(recorded.recorder.facts.request.id) });
    throw error;
  }
}
