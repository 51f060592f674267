import { IsArray, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { Setting } from '@scm/service';

export class GatewayConfig {
  @Setting({ description: 'Port of the one HTTP and WebSocket door; 0 lets the kernel choose' })
  @IsInt()
  @Min(0)
  @Max(65_535)
  port: number = 8_080;

  @Setting({ description: 'Address to listen on' })
  @IsString()
  host: string = '127.0.0.1';

  @Setting({ description: 'Where users reach the gateway, when that is not http://<host>:<port>' })
  @IsOptional()
  @IsUrl({ require_tld: false, protocols: ['http', 'https'] })
  publicUrl?: string;

  @Setting({ description: 'Origins that browsers may call from, comma-separated; the gateway’s own always may' })
  @IsArray()
  @IsString({ each: true })
  corsOrigins: string[] = [];

  @Setting({
    description: 'Redis for limits and caches across replicas; without it each replica limits by itself',
    secret: true,
  })
  @IsOptional()
  @Matches(/^rediss?:\/\//)
  redisUrl?: string;

  @Setting({ description: 'Seconds a reply about workflow definitions is kept in Redis at most; 0 keeps none' })
  @IsInt()
  @Min(0)
  @Max(3_600)
  readCacheSeconds: number = 60;

  @Setting({ description: 'Largest request body in bytes' })
  @IsInt()
  @Min(1_024)
  @Max(7_340_032)
  maxBodyBytes: number = 1_048_576;

  @Setting({ description: 'Largest body in bytes, compressed as it comes, of remote write and OTLP' })
  @IsInt()
  @Min(1_024)
  @Max(7_340_032)
  maxWriteBytes: number = 4_194_304;

  @Setting({ description: 'Requests a minute of one user or API key' })
  @IsInt()
  @Min(1)
  actorRequestsPerMinute: number = 6_000;

  @Setting({ description: 'Requests a minute of one address without valid credentials' })
  @IsInt()
  @Min(1)
  addressRequestsPerMinute: number = 600;

  @Setting({ description: 'Logins a minute from one address, and for one username' })
  @IsInt()
  @Min(1)
  loginsPerMinute: number = 30;

  @Setting({ description: 'Proxies in front whose X-Forwarded-For is believed, counted from the gateway outwards' })
  @IsInt()
  @Min(0)
  @Max(8)
  trustedProxies: number = 0;

  @Setting({ description: 'Sockets open at once, of any kind; more are not accepted' })
  @IsInt()
  @Min(16)
  maxConnections: number = 10_000;

  @Setting({ description: 'Stream sockets open at once; more are answered 503' })
  @IsInt()
  @Min(1)
  maxStreams: number = 8_000;

  @Setting({ description: 'Stream sockets open at once of one user or API key' })
  @IsInt()
  @Min(1)
  streamsPerActor: number = 250;

  @Setting({ description: 'Milliseconds between two checks of the API key of an open stream' })
  @IsInt()
  @Min(1_000)
  streamCheckMs: number = 60_000;

  @Setting({ description: 'Milliseconds that an open stream goes on while nobody can check its API key' })
  @IsInt()
  @Min(0)
  streamGraceMs: number = 300_000;

  @Setting({ description: 'Requests at work at once; more are answered 503' })
  @IsInt()
  @Min(1)
  maxInFlight: number = 256;

  @Setting({ description: 'Requests at work at once of one user, API key or address; more are answered 429' })
  @IsInt()
  @Min(1)
  maxInFlightPerActor: number = 128;

  @Setting({
    description:
      'Milliseconds that this process may be behind its work, as a mean over a second; beyond it requests are answered 503',
  })
  @IsInt()
  @Min(10)
  maxLagMs: number = 500;
}
