import { applyDecorators, Delete, Get, HttpCode, Patch, Post, Put, SetMetadata } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExtension,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { fieldsOf, schemaOf, type Access, type RpcContract } from '@scm/contracts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const verbs = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete };

/** Metadata key: who may reach the route. A route without it prevents boot. */
export const ACCESS = 'scm.access';

interface RouteOptions {
  status?: number;
  tag?: string;
  /** What the answer is, where it is not the contract's reply. */
  answer?: object;
}

/**
 * One route that one contract answers: access, validation and documentation come from the contract. The fields of its
 * request that do not stand in the path come from the query of a GET or DELETE and from the body of the others.
 */
export function Route(
  method: Method,
  path: string,
  contract: RpcContract,
  summary: string,
  options: RouteOptions = {},
): MethodDecorator {
  const { status = 200, tag = contract.subject.split('.')[2] } = options;
  return applyDecorators(
    verbs[method](path),
    HttpCode(status),
    ...documented(contract.access, { summary, operationId: operationId(contract) }),
    ApiTags(tag ?? 'system'),
    ...inputs(method, path, contract),
    ApiResponse({ status, description: 'Done', ...answerOf(contract, options) }),
  );
}

function answerOf(contract: RpcContract, { answer }: RouteOptions): object {
  return answer ?? { content: { 'application/json': { schema: schemaOf(contract.reply) } } };
}

/** A route the gateway answers itself. */
export function OwnRoute(method: Method, path: string | string[], access: Access, summary: string): MethodDecorator {
  return applyDecorators(verbs[method](path), ...documented(access, { summary }), ApiTags('system'));
}

/** Declares the access, and shows it in the document as `x-scm-access`. */
function documented(access: Access, operation: { summary: string; operationId?: string }): MethodDecorator[] {
  const shown = [ApiOperation(operation), ApiExtension('x-scm-access', access)];
  return [SetMetadata(ACCESS, access), ...shown, ...(access === 'public' ? [] : [ApiBearerAuth()])];
}

function inputs(method: Method, path: string, contract: RpcContract): MethodDecorator[] {
  const inPath = pathParameters(path);
  const rest = fieldsOf(contract.request).filter((field) => !inPath.includes(field.name));
  const parameters = inPath.map((name) => ApiParam({ name, schema: { type: 'string' } }));
  if (method === 'GET' || method === 'DELETE') {
    return [...parameters, ...rest.map((f) => ApiQuery({ name: f.name, required: f.required, schema: f.schema() }))];
  }
  if (contract.body === 'bytes') {
    return [ApiConsumes('application/x-protobuf'), ApiBody({ schema: { type: 'string', format: 'binary' } })];
  }
  const schema = schemaOf(contract.request) as { properties: Record<string, unknown>; required?: string[] };
  const body = {
    ...schema,
    properties: Object.fromEntries(rest.map((f) => [f.name, schema.properties[f.name]])),
    required: schema.required?.filter((name) => !inPath.includes(name)),
  };
  const key = ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key is the same request for a day',
  });
  return [
    ...parameters,
    key,
    ...(rest.length > 0 ? [ApiBody({ schema: body as object, required: rest.some((f) => f.required) })] : []),
  ];
}

export function pathParameters(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
}

function operationId({ subject }: RpcContract): string {
  const [, , domain, , name] = subject.split('.');
  return `${domain}.${(name ?? '').replace(/-(\w)/g, (_, c: string) => c.toUpperCase())}`;
}
