import type { EgressClient } from '@scm/egress';
import type { Computation, Job } from '../computing/computation.js';
import { callHttp, type HttpCallArguments } from './http.call.js';
import { callMcp, type McpCallArguments } from './mcp.call.js';
import { callOpenApi, type OpenApiCallArguments } from './openapi.call.js';

/** What every call over the network has. */
export interface CallContext {
  egress: Pick<EgressClient, 'send'>;
  input: unknown;
  /** The same for every attempt, so that whoever is called can tell a repetition. */
  key: string;
  signal: AbortSignal;
  /** Does what can be heavy where nothing waits for it. */
  compute: <Name extends Computation>(name: Name, args: Job<Name>['args']) => Promise<unknown>;
}

/** The calls of the language that go over the network. Orchestrators check the arguments when a document is stored. */
export const calls: Readonly<
  Record<string, (args: Record<string, unknown>, context: CallContext) => Promise<unknown>>
> = {
  http: (args, context) => callHttp(args as unknown as HttpCallArguments, context),
  openapi: (args, context) => callOpenApi(args as unknown as OpenApiCallArguments, context),
  mcp: (args, context) => callMcp(args as unknown as McpCallArguments, context),
};
