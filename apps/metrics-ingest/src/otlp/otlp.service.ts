import { Injectable } from '@nestjs/common';
import type { IntakeReply, OtlpRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { MetricsConfig } from '../config.js';
import type { Batch } from '../ingest/batch.js';
import { IdentityCache } from '../ingest/identity.cache.js';
import { IntakeService } from '../ingest/intake.service.js';
import type { AcceptedSeries } from '../ingest/series-input.js';
import type { MetricType } from '../metadata/metric.metadata.js';
import { ungzip } from '../wire/inflate.js';
import { decodeJson } from './decode.json.js';
import { decodeProtobuf } from './decode.protobuf.js';
import { DeltaAccumulator } from './delta.accumulator.js';
import { metricName } from './naming.js';
import type { OtlpMetric, OtlpResource } from './otlp.model.js';
import { pointFault } from './point.fault.js';
import { PointTranslator, type NamedPoint } from './point.translator.js';
import { resourceLabels } from './resource.labels.js';

/** OTLP metrics: each data point is stored as the series Prometheus would have of it, or is refused by its name. */
@Injectable()
export class OtlpService {
  constructor(
    private readonly config: MetricsConfig,
    private readonly intake: IntakeService,
    private readonly identities: IdentityCache,
    private readonly deltas: DeltaAccumulator,
  ) {}

  async export({ encoding, compression, body }: OtlpRequest): Promise<IntakeReply> {
    const { workspaceId } = currentActor();
    const bytes = compression === 'gzip' ? await ungzip(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
    const resources = encoding === 'json' ? decodeJson(bytes) : decodeProtobuf(bytes);
    const batch = this.intake.newBatch();
    const translator = new PointTranslator(await this.identities.of(workspaceId), batch);
    const deltas = this.addAll(resources, batch, translator);
    const unstored =
      deltas.length > 0
        ? await this.deltas.store(workspaceId, batch, deltas, translator)
        : await this.intake.store(workspaceId, batch.series);
    const exemplars = await this.intake.storeRest(workspaceId, batch);
    return this.replyOf(resources, batch, unstored, exemplars);
  }

  /** @returns the points that are deltas, which are not added yet. */
  private addAll(resources: OtlpResource[], batch: Batch, translator: PointTranslator): NamedPoint[] {
    const deltas: NamedPoint[] = [];
    let index = 0;
    for (const { attributes, metrics } of resources) {
      const resource = resourceLabels(attributes, this.config.otlpPromotedAttributes);
      let newestMs = 0;
      for (const metric of metrics) {
        const name = metricName(metric);
        batch.metadata.push({ metric: name, type: typeOf(metric), help: metric.description, unit: metric.unit });
        for (const point of metric.points) {
          const named = { index: index++, name, resource, point };
          const fault = pointFault(metric, point);
          if (fault) batch.refusals.add(name || metric.name || '(no name)', fault);
          else if (metric.temporality === 'delta' && !point.isStale) deltas.push(named);
          else translator.add(named);
          newestMs = Math.max(newestMs, point.timeMs);
        }
      }
      translator.addTarget(resource, newestMs);
    }
    return deltas;
  }

  private replyOf(
    resources: OtlpResource[],
    batch: Batch,
    unstored: readonly AcceptedSeries[],
    exemplars: number,
  ): IntakeReply {
    const refused = new Map(unstored.map(({ index, labels }) => [index, labels.__name__ ?? '']));
    refused.delete(-1);
    for (const name of refused.values()) batch.refusals.add(name, this.intake.limitMessage);
    const { rejected, errors } = batch.refusals;
    const points = resources.flatMap(({ metrics }) => metrics.map((metric) => metric.points.length));
    const samples = points.reduce((sum, count) => sum + count, 0) - rejected;
    return { samples, histograms: 0, exemplars, rejected, errors, warnings: [...batch.warnings] };
  }
}

function typeOf({ kind, isMonotonic }: OtlpMetric): MetricType {
  if (kind === 'sum') return isMonotonic ? 'counter' : 'gauge';
  return kind === 'exponential' ? 'histogram' : kind;
}
