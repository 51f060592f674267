import type { FetchLike } from '@modelcontextprotocol/client';
import { errorCodes, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { recordedUpstream } from '../captures/recorded-upstream.js';
import type { MessageHooks } from '../extensions/message-hooks.js';
import type { Exchange } from '../protocol/exchange.js';
import type { Connector } from './connector.js';
import { hookedUpstream } from './hooked-upstream.js';
import { probeEra, type Era } from './era-probe.js';
import { LegacyUpstream, type Parking } from './legacy-upstream.js';
import { ModernUpstream } from './modern-upstream.js';
import { NotSpoken } from './upstream-fault.js';
import type { UpstreamTarget } from './upstream-target.js';

// A server that was updated would be spoken to in the old way for good.
const LEGACY_VERDICT_MS = 300_000;

export interface ConnectorOptions {
  fetch: FetchLike;
  parking: Parking;
  hooks: MessageHooks;
  /** The headers that repeat arguments of a call. */
  headersOf?: (exchange: Exchange) => Readonly<Record<string, string>>;
}

/** One upstream of whatever revision, as a provider of the canonical one. */
export class UpstreamConnector implements Connector {
  private readonly modern: ModernUpstream;
  private readonly legacy: LegacyUpstream;
  private verdict?: { era: Promise<Era>; until: number };

  constructor(
    private readonly target: UpstreamTarget,
    private readonly options: ConnectorOptions,
  ) {
    this.modern = new ModernUpstream(target, options.fetch, options.headersOf);
    this.legacy = new LegacyUpstream(target, options.fetch, options.parking, options.hooks);
  }

  async answer(exchange: Exchange): Promise<JsonObject> {
    if ((await this.era()) === 'legacy') return this.legacy.answer(exchange);
    const { hooks } = this.options;
    const ask = (asked: Exchange) => recordedUpstream(asked, (recorded) => this.modern.answer(recorded));
    return (hooks.areNone ? ask(exchange) : hookedUpstream(hooks, exchange, ask)).catch((error: unknown) => {
      // It was replaced by one that speaks otherwise: the next exchange asks again.
      if (isOtherEra(error)) this.verdict = undefined;
      throw error;
    });
  }

  async check(exchange: Exchange): Promise<Era> {
    const era = await this.era();
    await this.answer(exchange);
    return era;
  }

  /** Which of the two it speaks. Throws ServiceError when that cannot be told. */
  async era(): Promise<Era> {
    if (!this.verdict || this.verdict.until < Date.now()) {
      const era = probeEra(this.target, this.options.fetch);
      const verdict = { era, until: Infinity };
      this.verdict = verdict;
      era.then(
        (found) => (verdict.until = found === 'legacy' ? Date.now() + LEGACY_VERDICT_MS : Infinity),
        () => this.verdict === verdict && (this.verdict = undefined),
      );
    }
    return this.verdict.era;
  }

  async close(): Promise<void> {
    await Promise.all([this.modern.close(), this.legacy.close()]);
  }
}

function isOtherEra(error: unknown): boolean {
  if (error instanceof ProtocolError) return error.code === errorCodes.unsupportedProtocolVersion;
  return error instanceof NotSpoken && error.status < 500;
}
