import { Injectable, type BeforeApplicationShutdown, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Response } from 'express';
import { ServiceError, type Actor } from '@scm/contracts';
import { Authenticator } from '../access/authenticator.js';
import { GatewayConfig } from '../config.js';
import { Seats } from '../stream/seats.js';

/** Proxies end what is silent for long. */
const KEEP_ALIVE_MS = 15_000;

interface OpenStream {
  credential: string;
  end: () => void;
  provedAt: number;
}

/** The responses and sockets that stay open: how many a caller may have, that they are not silent, and that the caller still is one. */
@Injectable()
export class OpenStreams implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly seats: Seats;
  private readonly open = new Set<OpenStream>();
  private readonly kept = new Set<Response>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly authenticator: Authenticator,
  ) {
    this.seats = new Seats(config.streamsPerActor);
  }

  onModuleInit(): void {
    const beat = setInterval(() => {
      for (const response of this.kept) {
        if (response.headersSent && !response.writableEnded) response.write(': keep-alive\n\n');
      }
    }, KEEP_ALIVE_MS);
    const check = setInterval(() => {
      for (const stream of this.open) void this.check(stream);
    }, this.config.streamCheckMs);
    this.timers.push(beat, check);
  }

  onModuleDestroy(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Their clients come back to another gateway. */
  beforeApplicationShutdown(): void {
    for (const { end } of this.open) end();
  }

  /** Gives what ends the keeping alive again. */
  keepAlive(response: Response): () => void {
    this.kept.add(response);
    return () => this.kept.delete(response);
  }

  /** Gives what frees the place again. Throws when the caller, or everybody together, has too many. */
  enter(actor: Actor, credential: string, end: () => void): () => void {
    const free = this.open.size < this.config.maxStreams && this.seats.take(actor);
    if (!free)
      throw new ServiceError('RESOURCE_EXHAUSTED', 'too many streams are open', undefined, { retryAfterMs: 5_000 });
    const stream = { credential, end, provedAt: Date.now() };
    this.open.add(stream);
    return () => {
      this.open.delete(stream);
      free();
    };
  }

  /** A caller that is none any more loses its stream; an outage of whoever says so counts only when it lasts. */
  private async check(stream: OpenStream): Promise<void> {
    try {
      await this.authenticator.prove(stream.credential);
      stream.provedAt = Date.now();
    } catch (error) {
      const isRefused = error instanceof ServiceError && error.code === 'UNAUTHENTICATED';
      if (isRefused || Date.now() - stream.provedAt > this.config.streamGraceMs) stream.end();
    }
  }
}
