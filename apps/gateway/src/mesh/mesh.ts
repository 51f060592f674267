import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import {
  fieldsOf,
  invalidField,
  type Actor,
  type CacheGroup,
  type ClassConstructor,
  type RpcContract,
} from '@scm/contracts';
import { MessagingClient, type JsonText } from '@scm/messaging';
import { Authorizer } from '../access/authorizer.js';
import type { GatewayRequest } from '../http/request.js';
import { ReadCache } from './read-cache.js';

/** What a route hands to the mesh: the fields from path, query and body, and who asks. */
export interface HttpCall {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  actor?: Actor;
  idempotencyKey?: string;
}

const KEY = /^[\x21-\x7e]{1,128}$/;

/** Injects the HttpCall of the request into a controller's method. */
export const Call = createParamDecorator((_: unknown, execution: ExecutionContext): HttpCall => {
  const request = execution.switchToHttp().getRequest<GatewayRequest>();
  const idempotencyKey = request.header('idempotency-key');
  if (idempotencyKey !== undefined && !KEY.test(idempotencyKey)) {
    throw invalidField('Idempotency-Key', 'must be 1 to 128 printable ASCII characters without spaces');
  }
  const { params, query, body, actor } = request;
  return { path: params, query: query as Record<string, unknown>, body: body as unknown, actor, idempotencyKey };
});

/** Forwards a request to the service whose contract the route is. */
@Injectable()
export class Mesh {
  constructor(
    private readonly messaging: MessagingClient,
    private readonly authorizer: Authorizer,
    private readonly cache: ReadCache,
  ) {}

  /** The service validates; here only texts of path and query become the types the contract declares. */
  async forward<Req extends object, Res extends object>(
    contract: RpcContract<Req, Res>,
    call: HttpCall,
  ): Promise<JsonText<Res>> {
    return this.ask(contract, toRequest(contract.request, call), call);
  }

  /** Judges the caller before a body is looked at: who may send nothing is told nothing of it. */
  permit({ access, subject }: RpcContract, actor: Actor | undefined): void {
    this.authorizer.check(access, actor, subject);
  }

  async ask<Req extends object, Res extends object>(
    contract: RpcContract<Req, Res>,
    request: Req,
    { actor, idempotencyKey }: Pick<HttpCall, 'actor' | 'idempotencyKey'>,
  ): Promise<JsonText<Res>> {
    const { cache, changes } = contract;
    const asked = () => this.messaging.requestText(contract, request, { as: actor, idempotencyKey });
    if (!cache || !actor) return asked();
    if (!changes) return this.read(cache, contract, request, actor, asked);
    // Also after a failure: a change whose answer was lost may have been made.
    return asked().finally(() => this.cache.forget(cache, actor.workspaceId));
  }

  /** Judged here, since the service does not see a read that the cache answers. */
  private async read<Req extends object, Res extends object>(
    group: CacheGroup,
    { access, subject }: RpcContract<Req, Res>,
    request: Req,
    actor: Actor,
    ask: () => Promise<JsonText<Res>>,
  ): Promise<JsonText<Res>> {
    this.authorizer.check(access, actor, subject);
    return this.cache.read(group, actor.workspaceId, JSON.stringify([subject, request]), ask);
  }
}

function toRequest<T extends object>(type: ClassConstructor<T>, { path, query, body }: HttpCall): T {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw invalidField('(body)', 'must be a JSON object');
  }
  const given: Record<string, unknown> = { ...typed(type, query), ...(body as object | undefined) };
  const inPath = typed(type, path);
  const twice = Object.keys(inPath).find((name) => Object.hasOwn(given, name) && given[name] !== inPath[name]);
  if (twice) throw invalidField(twice, 'differs from the path');
  return { ...given, ...inPath } as T;
}

function typed(type: ClassConstructor, query: Record<string, unknown>): Record<string, unknown> {
  const fields = new Map(fieldsOf(type).map((field) => [field.name, field.schema().type]));
  const given = Object.entries(query).map(([name, value]) => {
    const [field = '', ...key] = name.split('.');
    const isPart = key.length > 0 && fields.get(field) === 'object';
    return isPart ? { field, key: key.join('.'), value } : { field: name, value: toType(fields.get(name), value) };
  });
  return Object.fromEntries(given.map(({ field, value }) => [field, partsOf(given, field) ?? value]));
}

/** `labels.a=1&labels.b=2` are the fields of one object. */
function partsOf(given: readonly { field: string; key?: string; value: unknown }[], of: string): object | undefined {
  const parts = given.filter(({ field, key }) => field === of && key !== undefined);
  return parts.length > 0 ? Object.fromEntries(parts.map(({ key = '', value }) => [key, value])) : undefined;
}

function toType(type: unknown, value: unknown): unknown {
  if (type === 'array') return Array.isArray(value) ? value : [value];
  if (typeof value !== 'string') return value;
  if ((type === 'integer' || type === 'number') && value.trim() !== '')
    return Number.isNaN(Number(value)) ? value : Number(value);
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}
