import { Injectable } from '@nestjs/common';
import { ServiceError, type CapturedExchange, type DiagnosisCheck, type UpstreamDiagnosis } from '@scm/contracts';
import { isJsonObject, latestRevision, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { withUpstream } from '../captures/recording.leg.js';
import { Recording } from '../captures/recording.js';
import { discovery } from '../federation/upstream-health-check.js';
import { UpstreamPool } from '../federation/upstream-pool.js';
import type { Provider } from '../protocol/exchange.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { lintsOf } from './tool-lints.js';

const MAX_PROBLEMS = 100;
const MAX_TEXT = 1_024;

/** What is asked when the upstream says that it has such things. */
const lists = [
  ['tools', 'tools/list'],
  ['prompts', 'prompts/list'],
  ['resources', 'resources/list'],
  ['resources', 'resources/templates/list'],
] as const;

/** Asks an upstream what changes nothing, and judges each of its messages by the schema of its revision. */
@Injectable()
export class UpstreamExamination {
  constructor(
    private readonly upstreams: UpstreamsService,
    private readonly pool: UpstreamPool,
    private readonly recording: Recording,
  ) {}

  async of(id: string): Promise<UpstreamDiagnosis> {
    const row = await this.upstreams.row(id);
    const { connector } = this.pool.get(row);
    const ask = (method: string) => withResult(this.recording, connector, row.name, method);
    const discovered = await ask('server/discover');
    const has = discovered.result['capabilities'];
    const checks = [checkOf('server/discover', discovered)];
    let revision = revisionOf(discovered);
    for (const [capability, method] of lists) {
      const asked = isJsonObject(has) && has[capability] !== undefined ? await ask(method) : undefined;
      checks.push(asked ? checkOf(method, asked) : skipped(method));
      revision ??= asked && revisionOf(asked);
    }
    const healthy = checks.every(({ outcome }) => outcome !== 'failed');
    return { id, healthy, ...(revision && { revision }), checks, checkedAt: new Date().toISOString() };
  }
}

interface Asked {
  exchange: CapturedExchange;
  result: JsonObject;
  failure?: string;
}

async function withResult(recording: Recording, provider: Provider, name: string, method: string): Promise<Asked> {
  const asked = { ...discovery(), method };
  const request = { jsonrpc: '2.0', id: 1, method, params: asked.params } as const;
  let result: JsonObject = {};
  let failure: string | undefined;
  const exchange = await recording.once({ request, revision: latestRevision, transport: 'http' }, async () => {
    try {
      result = await withUpstream(name, () => provider.answer(asked));
    } catch (error) {
      failure = reasonOf(error);
    }
    return { jsonrpc: '2.0', id: 1, result };
  });
  return { exchange, result, ...(failure !== undefined && { failure }) };
}

function revisionOf({ exchange }: Asked): string | undefined {
  return exchange.frames.find(({ peer }) => peer === 'upstream')?.revision;
}

function checkOf(name: string, { exchange, result, failure }: Asked): DiagnosisCheck {
  const received = exchange.frames.filter(({ peer, direction }) => peer === 'upstream' && direction === 'received');
  const faults = received.flatMap(({ problem }) => (problem ? [`${problem.pointer} ${problem.message}`] : []));
  const { tools } = result;
  const lints = Array.isArray(tools) ? lintsOf(tools.filter(isJsonObject)) : [];
  const problems = [...(failure === undefined ? [] : [failure]), ...faults, ...lints];
  const outcome = failure !== undefined || faults.length > 0 ? 'failed' : lints.length > 0 ? 'warned' : 'passed';
  const told = problems.slice(0, MAX_PROBLEMS).map((problem) => problem.slice(0, MAX_TEXT));
  return { name, outcome, tookMs: exchange.tookMs, problems: told };
}

function skipped(name: string): DiagnosisCheck {
  return { name, outcome: 'skipped', tookMs: 0, problems: [] };
}

/** Bugs go on to the boundary. */
function reasonOf(error: unknown): string {
  if (error instanceof ServiceError || error instanceof ProtocolError) return error.message;
  throw error;
}
