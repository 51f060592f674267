import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Response } from 'express';
import { ServiceError, type Access } from '@scm/contracts';
import type { GatewayRequest } from '../http/request.js';
import { LoadShedder } from '../limits/load-shedder.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import type { Proof } from './authenticator.js';
import { DenialLog } from './denial-log.js';
import { ACCESS } from './route.decorator.js';

/**
 * Deny by default, for every HTTP route: without a declared access nothing passes, without a proved caller only `public`.
 * Whether the caller may is judged once, by the service that answers the contract.
 */
@Injectable()
export class AccessGuard extends AuthGuard('bearer') implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly shedder: LoadShedder,
    private readonly limiter: RateLimiter,
    private readonly denials: DenialLog,
  ) {
    super();
  }

  override async canActivate(execution: ExecutionContext): Promise<boolean> {
    if (execution.getType() !== 'http') return true;
    const access = this.reflector.get<Access | undefined>(ACCESS, execution.getHandler());
    if (!access) throw new ServiceError('PERMISSION_DENIED', 'this route has no declared access');
    const http = execution.switchToHttp();
    const [request, response] = [http.getRequest<GatewayRequest>(), http.getResponse<Response>()];
    if (access === 'public') {
      this.shedder.admit(`address:${request.ip}`, request, response);
      await this.limiter.ofAddress(request);
      return true;
    }
    try {
      await super.canActivate(execution);
    } catch (error) {
      await this.limiter.ofAddress(request);
      this.denials.record(request, error);
      throw error;
    }
    const { actor } = (request as unknown as { user: Proof }).user;
    request.actor = actor;
    this.shedder.admit(`${actor.workspaceId}:${actor.id}`, request, response);
    await this.limiter.ofActor(actor);
    return true;
  }

  /** Passport calls every failure to prove a refusal and hands its cause over as `info`: also that auth is away. */
  override handleRequest<T>(error: unknown, proof: T, info: unknown): T {
    if (error) throw error;
    if (info instanceof ServiceError) throw info;
    if (!proof) throw new ServiceError('UNAUTHENTICATED', 'send `Authorization: Bearer <access token or API key>`');
    return proof;
  }
}
