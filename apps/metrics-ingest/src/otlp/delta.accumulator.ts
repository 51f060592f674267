import { Injectable } from '@nestjs/common';
import { unavailableIfAway } from '@scm/database';
import type { Batch } from '../ingest/batch.js';
import { isBad } from '../ingest/identity.js';
import { IntakeService } from '../ingest/intake.service.js';
import type { AcceptedSeries } from '../ingest/series-input.js';
import { fingerprintOf } from '../series/labels.js';
import { cumulate, type DeltaState } from './cumulate.js';
import { DeltaStateRepository } from './delta-state.repository.js';
import type { NamedPoint, PointTranslator } from './point.translator.js';

/**
 * Makes cumulative points of deltas. What a stream came to is committed with the samples it led to, so that a delta counts
 * once, whoever dies when: one that is sent again is known by its time.
 */
@Injectable()
export class DeltaAccumulator {
  /** One request at a time: each holds a connection while its samples wait for another one. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly states: DeltaStateRepository,
    private readonly intake: IntakeService,
  ) {}

  /** Adds the points to the batch and stores it. */
  async store(
    workspaceId: string,
    batch: Batch,
    points: readonly NamedPoint[],
    translator: PointTranslator,
  ): Promise<AcceptedSeries[]> {
    const stored = this.last.then(() => this.storeAlone(workspaceId, batch, points, translator));
    this.last = stored.catch(() => undefined);
    return stored;
  }

  private async storeAlone(
    workspaceId: string,
    batch: Batch,
    points: readonly NamedPoint[],
    translator: PointTranslator,
  ): Promise<AcceptedSeries[]> {
    const streams = points.map((named) => streamOf(named, translator));
    points.forEach((named, i) => streams[i] ?? translator.add(named));
    const work = async (...[client]: Parameters<Parameters<DeltaStateRepository['alone']>[1]>) => {
      const known = await this.states.find(client, workspaceId, [
        ...new Set(streams.filter((stream) => stream !== undefined)),
      ]);
      const changed = addAll(batch, points, streams, known, translator);
      return this.intake.store(workspaceId, batch.series, (tx) => this.states.save(tx, workspaceId, changed));
    };
    return this.states.alone(workspaceId, work).catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
  }
}

/** By time, since a sender may put the points of a stream in any order. */
function addAll(
  batch: Batch,
  points: readonly NamedPoint[],
  streams: readonly (string | undefined)[],
  known: Map<string, DeltaState>,
  translator: PointTranslator,
): Map<string, DeltaState> {
  const changed = new Map<string, DeltaState>();
  const order = [...points.keys()].sort((a, b) => (points[a]?.point.timeMs ?? 0) - (points[b]?.point.timeMs ?? 0));
  for (const i of order) {
    const [named, stream] = [points[i], streams[i]];
    if (!named || stream === undefined) continue;
    const fault = batch.timeFault(named.point.timeMs);
    const result = fault ? { fault } : cumulate(known.get(stream), named.point);
    if ('fault' in result) batch.refusals.add(named.name, result.fault);
    if (!('state' in result)) continue;
    known.set(stream, result.state);
    changed.set(stream, result.state);
    translator.add({ ...named, point: { ...named.point, value: result.state.value, timeMs: result.timeMs } });
  }
  return changed;
}

/** Undefined for labels that no series may have: the translator refuses them. */
function streamOf(named: NamedPoint, translator: PointTranslator): string | undefined {
  const base = translator.identify(named, { suffix: '' });
  return isBad(base) ? undefined : fingerprintOf(`${named.point.value.kind} ${base.key}`);
}
