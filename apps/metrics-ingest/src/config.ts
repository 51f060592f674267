import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUUID, Max, Min } from 'class-validator';
import { DEFAULT_WORKSPACE_ID } from '@scm/contracts';
import { Setting } from '@scm/service';

export class MetricsConfig {
  @Setting({ description: 'Whether this replica measures the machine it runs on' })
  @IsBoolean()
  hostCollector: boolean = true;

  @Setting({ description: 'Workspace that the measures of the machine belong to' })
  @IsUUID()
  hostWorkspaceId: string = DEFAULT_WORKSPACE_ID;

  @Setting({ description: 'Milliseconds between two measures of the machine' })
  @IsInt()
  @Min(100)
  @Max(60_000)
  hostIntervalMs: number = 1_000;

  @Setting({ description: 'Minutes of samples kept in memory; older ones are read from Postgres' })
  @IsInt()
  @Min(1)
  @Max(1_440)
  headMinutes: number = 60;

  @Setting({ description: 'Mebibytes the samples in memory may take; beyond it fewer minutes are kept, down to 6' })
  @IsInt()
  @Min(8)
  @Max(65_536)
  headMaxMib: number = 256;

  @Setting({ description: 'Minutes of samples that gather behind those in memory before they are sealed into chunks' })
  @IsInt()
  @Min(0)
  @Max(1_440)
  sealMinutes: number = 60;

  @Setting({
    description: 'Mebibytes the answers to queries may take that are kept for the next who asks; 0 keeps none',
  })
  @IsInt()
  @Min(0)
  @Max(65_536)
  queryCacheMib: number = 32;

  @Setting({
    description: 'Whose meaning of queries: 3.x, or 2.x, whose ranges also hold the sample at their left edge',
  })
  @IsIn(['2.x', '3.x'])
  promqlCompat: '2.x' | '3.x' = '3.x';

  @Setting({ description: 'Samples one query may read and make' })
  @IsInt()
  @Min(1_000)
  @Max(1_000_000_000)
  queryMaxSamples: number = 20_000_000;

  @Setting({ description: 'Milliseconds one query may take, if its caller allows as much' })
  @IsInt()
  @Min(10)
  @Max(120_000)
  queryTimeoutMs: number = 10_000;

  @Setting({ description: 'Series one workspace may have' })
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  maxSeries: number = 50_000;

  @Setting({ description: 'Hours after which samples are forgotten' })
  @IsInt()
  @Min(1)
  @Max(87_600)
  retentionHours: number = 24;

  @Setting({ description: 'Resource attributes of OTLP that become labels of all series, comma-separated' })
  @IsArray()
  @IsString({ each: true })
  otlpPromotedAttributes: string[] = [];

  @Setting({ description: 'Exemplars a minute that a replica takes of one workspace' })
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  exemplarsPerMinute: number = 6_000;

  @Setting({ description: 'Values that one label of one metric may have; further ones become `__overflow__`' })
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  maxLabelValues: number = 5_000;

  @Setting({ description: 'Port for StatsD over UDP and TCP, which has no credentials; without it there is none' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(65_535)
  statsdPort?: number;

  @Setting({ description: 'Address that StatsD listens on' })
  @IsString()
  statsdHost: string = '127.0.0.1';

  @Setting({ description: 'Workspace that what comes by StatsD belongs to' })
  @IsUUID()
  statsdWorkspaceId: string = DEFAULT_WORKSPACE_ID;

  @Setting({ description: 'Milliseconds between two samples of what came by StatsD' })
  @IsInt()
  @Min(100)
  @Max(600_000)
  statsdFlushMs: number = 10_000;
}
