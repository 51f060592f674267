import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { Database, migrate } from '@scm/database';
import { createDatabase, type TestDatabase } from '@scm/testing';
import { ChunkRepository } from '../chunks/chunk.repository.js';
import { PartitionRepository } from '../chunks/partition.repository.js';
import { Sealer } from '../chunks/sealer.js';
import { StoredSamplesRepository } from '../chunks/stored-samples.repository.js';
import { MetricsConfig } from '../config.js';
import { database as declaration } from '../database.js';
import { SampleWriter } from '../ingest/sample-writer.js';
import { LeaseRepository } from '../lease/lease.repository.js';
import { LogTail } from '../log/log-tail.js';
import { SampleLogRepository } from '../log/sample-log.repository.js';
import { SampleReader } from '../query/sample-reader.js';
import { RetentionService } from '../retention/retention.service.js';
import { Head } from '../series/head.js';
import { SeriesRepository } from '../series/series.repository.js';

/** The store as one replica has it, without the service around it. */
export interface Replica {
  readonly head: Head;
  readonly writer: SampleWriter;
  readonly reader: SampleReader;
  readonly sealer: Sealer;
  readonly retention: RetentionService;
  /** A sealer whose connection is lost before its statement number `statement`, counted from 0. */
  sealerLostAt(statement: number): Sealer;
}

/** A real Postgres of its own that any number of replicas share. */
export interface Store {
  readonly server: TestDatabase;
  open(settings?: Partial<MetricsConfig>): Promise<Replica>;
  stop(): Promise<void>;
}

export async function startStore(): Promise<Store> {
  const server = await createDatabase();
  const suite = randomBytes(4).toString('hex');
  const [url, systemUrl] = [server.urlFor(`store_${suite}`, 'x'), server.urlFor(`store_system_${suite}`, 'x')];
  await migrate(declaration, { url, systemUrl, ownerUrl: server.url });
  const database = await Database.open(declaration, { url, systemUrl });
  let opened = 0;
  return {
    server,
    open: (settings = {}) => openReplica(database, `replica-${opened++}`, settings),
    stop: async () => {
      await database.close();
      await server.stop();
    },
  };
}

async function openReplica(database: Database, name: string, settings: Partial<MetricsConfig>): Promise<Replica> {
  const config = Object.assign(new MetricsConfig(), { headMinutes: 1, sealMinutes: 0 }, settings);
  const [log, series, head] = [new SampleLogRepository(database), new SeriesRepository(database), new Head(config)];
  const [partitions, tail] = [new PartitionRepository(database), new LogTail(log, head, series)];
  const leases = new LeaseRepository(database, { instance: name, startedAt: '0' } as never);
  const sealerOn = (rows: SampleLogRepository) =>
    new Sealer(config, rows, new ChunkRepository(), partitions, leases, head);
  await tail.onModuleInit();
  return {
    head,
    writer: new SampleWriter(config, log, series, head, tail),
    reader: new SampleReader(tail, head, new StoredSamplesRepository(database), series),
    sealer: sealerOn(log),
    retention: new RetentionService(config, head, log, partitions, series),
    sealerLostAt: (statement) => sealerOn(new SampleLogRepository(losing(database, statement))),
  };
}

/** The same database, over a connection that is lost before a statement of a transaction. */
function losing(database: Database, statement: number): Database {
  const pool = database.systemPool;
  const connect = async () => {
    const client = await pool.connect();
    const send = client.query.bind(client) as (...given: unknown[]) => unknown;
    let sent = 0;
    const query = (...given: unknown[]) => {
      if (sent++ === statement) throw new Error('the connection is lost');
      return send(...given);
    };
    return Object.assign(Object.create(client) as typeof client, { query, release: () => client.release(true) });
  };
  const losingPool = Object.assign(Object.create(pool) as Pool, { connect, query: pool.query.bind(pool) });
  return Object.create(database, { systemPool: { value: losingPool } }) as Database;
}
