import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { CallAudit } from '../protocol/call-audit.js';
import type { Exchange } from '../protocol/exchange.js';
import { MetricsResources } from './metrics.resources.js';

const LOOK_MS = 2_000;
const MAX_WATCHED = 32;

/** Tells who listens when the value of a resource changes, by looking as often as values are expected to come. */
@Injectable()
export class ResourceWatch {
  constructor(
    private readonly resources: MetricsResources,
    private readonly audit: CallAudit,
  ) {}

  /** Agrees to the resources that there are and that the caller may read, and tells of them until the exchange ends. */
  async listen({ params, signal, notify }: Exchange): Promise<JsonObject> {
    const seen = await this.readable(wantedOf(params));
    await this.audit.record('subscriptions/listen', 'allowed', { details: { resources: [...seen.keys()] } });
    const notifications = seen.size > 0 ? { resourceSubscriptions: [...seen.keys()] } : {};
    notify({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: { notifications } });
    while (await waits(signal)) {
      const changed = await this.changedOf(seen);
      for (const uri of changed) {
        notify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
      }
    }
    return { resultType: 'complete' };
  }

  private async readable(uris: readonly string[]): Promise<Map<string, string>> {
    const values = await Promise.all(uris.map(async (uri) => [uri, await this.valueOf(uri)] as const));
    return new Map(values.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  private async changedOf(seen: Map<string, string>): Promise<string[]> {
    const now = await this.readable([...seen.keys()]);
    const changed = [...now].filter(([uri, value]) => seen.get(uri) !== value);
    for (const [uri, value] of changed) seen.set(uri, value);
    return changed.map(([uri]) => uri);
  }

  /** Undefined for what there is not, what the caller may not read, and what cannot be read now. */
  private async valueOf(uri: string): Promise<string | undefined> {
    try {
      const samples = await this.resources.samplesOf(uri);
      return samples && JSON.stringify(samples.map(({ metric, value }) => [metric, value]));
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }
}

function wantedOf({ notifications }: JsonObject): string[] {
  const wanted = isJsonObject(notifications) ? notifications['resourceSubscriptions'] : undefined;
  return Array.isArray(wanted) ? [...new Set(wanted.map(String))].slice(0, MAX_WATCHED) : [];
}

/** False when there is nothing to wait for any more. */
async function waits(signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return sleep(LOOK_MS, true, { signal }).catch(() => false);
}
