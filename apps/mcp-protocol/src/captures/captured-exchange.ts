import type { CapturedExchange, CapturedExchangeSummary } from '@scm/contracts';
import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { shower, shownFrame } from './captured-frame.js';
import type { Recorder } from './recorder.js';
import { Redaction } from './redaction.js';
import type { ExtensionsOf } from './verdict.js';

const MAX_NAME = 1_024;

export interface Recorded {
  principal: string;
  traceId?: string;
  recorder: Recorder;
  extensionsOf: ExtensionsOf;
  /** Absent while the exchange goes on. */
  response?: JsonObject;
}

/** What is kept and shown of an exchange: judged, without secrets unless those are wanted, and not too large. */
export function capturedExchange(
  { principal, traceId, recorder, extensionsOf, response }: Recorded,
  { id, captureId, keepsSecrets }: { id: string; captureId?: string; keepsSecrets: boolean },
): CapturedExchange {
  const { request, server, transport, revision } = recorder.facts;
  const redaction = new Redaction();
  const show = shower(keepsSecrets ? undefined : redaction);
  const frames = recorder.frames.map((frame) => shownFrame(frame, show, extensionsOf));
  const name = request.params?.['name'] ?? request.params?.['uri'];
  return {
    id,
    ...(captureId !== undefined && { captureId }),
    startedAt: new Date(recorder.startedAt).toISOString(),
    tookMs: recorder.tookMs,
    method: request.method.slice(0, 128),
    ...(typeof name === 'string' && name !== '' && { name: name.slice(0, MAX_NAME) }),
    ...(server !== undefined && { server }),
    transport,
    revision,
    principal,
    ...outcomeOf(response),
    ...(traceId !== undefined && { traceId }),
    frames,
    redacted: redaction.count,
    omitted: recorder.omitted,
  };
}

function outcomeOf(response: JsonObject | undefined): Pick<CapturedExchangeSummary, 'outcome' | 'errorCode'> {
  if (!response) return { outcome: 'running' };
  const { error, result } = response;
  if (isJsonObject(error)) return { outcome: 'error', errorCode: Number(error['code']) };
  return { outcome: isJsonObject(result) && result['resultType'] === 'input_required' ? 'input_required' : 'result' };
}
