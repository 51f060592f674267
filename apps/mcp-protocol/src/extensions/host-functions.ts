import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Actor } from '@scm/contracts';
import { EgressClient, type EgressRequest } from '@scm/egress';
import { isJsonObject, latestRevision, metaKeys, type JsonObject } from '@scm/mcp-messages';
import { McpConfig } from '../config.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { ToolCaller } from '../tools/tool.caller.js';
import type { RegisteredExtension } from './extension.js';
import type { Host } from './sandbox.js';

/** The provider without its extensions: what they use themselves. */
export const CORE = Symbol('scm.mcp.core');

const MAX_LOG = 2_048;
const MAX_PAGES = 20;
const MAX_ANSWER = 262_144;

/** For whom a plugin does something. */
export interface PluginCaller {
  actor: Actor;
  server?: string;
  signal: AbortSignal;
}

type HostFunction = (
  args: readonly unknown[],
  caller: PluginCaller,
  extension: RegisteredExtension,
) => Promise<unknown>;

/** What plugins may ask for, each by its permission and as the one for whom they run: never more than that one may. */
@Injectable()
export class HostFunctions implements OnModuleDestroy {
  private readonly egress: EgressClient;
  private readonly logger = new Logger('plugin');
  private readonly functions: Readonly<Record<string, HostFunction>> = {
    log: ([text], _caller, { id }) => this.log(id, text),
    'tools:list': (_args, caller) => this.listTools(caller),
    'tools:call': ([name, args], caller) => this.ask('tools/call', { name, arguments: args ?? {} }, caller),
    'metrics:read': ([query]) => this.queryMetrics(query),
    fetch: ([url, options], caller, extension) => this.fetch(url, options, caller, extension),
  };

  constructor(
    private readonly modules: ModuleRef,
    private readonly tools: ToolCaller,
    { egressAllow }: McpConfig,
  ) {
    this.egress = new EgressClient({ allow: egressAllow });
  }

  /** The host of one run. */
  for(extension: RegisteredExtension, caller: PluginCaller): Host {
    // What a thread asks comes outside of the call that it is for.
    const within = AsyncLocalStorage.snapshot();
    return (name, args) => within(() => this.call(name, JSON.parse(args) as unknown[], caller, extension));
  }

  async onModuleDestroy(): Promise<void> {
    await this.egress.close();
  }

  private async call(
    name: string,
    args: readonly unknown[],
    caller: PluginCaller,
    extension: RegisteredExtension,
  ): Promise<string> {
    const isPermitted = extension.permissions.some((each) => each === name || each.startsWith(`${name}:`));
    const fn = isPermitted && Object.hasOwn(this.functions, name) ? this.functions[name] : undefined;
    if (!fn) throw new Error(`${name} is not permitted`);
    return JSON.stringify((await fn(args, caller, extension)) ?? null);
  }

  private async log(id: string, text: unknown): Promise<void> {
    this.logger.log(`${id}: ${JSON.stringify(String(text).slice(0, MAX_LOG))}`);
  }

  private async listTools(caller: PluginCaller): Promise<unknown[]> {
    const found: unknown[] = [];
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const result = await this.ask('tools/list', cursor === undefined ? {} : { cursor }, caller);
      found.push(...(result['tools'] as unknown[]));
      cursor = result['nextCursor'];
      if (cursor === undefined) break;
    }
    return found;
  }

  private async queryMetrics(query: unknown): Promise<unknown> {
    const { isError, structuredContent, content } = (await this.tools.call('query_metrics', { query })) ?? {};
    if (isError) throw new Error(JSON.stringify(content));
    return structuredContent;
  }

  private async fetch(
    url: unknown,
    options: unknown,
    { signal }: PluginCaller,
    { permissions }: RegisteredExtension,
  ): Promise<unknown> {
    const host = URL.parse(String(url))?.host;
    if (host === undefined || !permissions.includes(`fetch:${host}`)) throw new Error(`fetch:${host} is not permitted`);
    const { method, headers, body } = isJsonObject(options) ? options : {};
    const request = { method, headers, body } as Pick<EgressRequest, 'method' | 'headers' | 'body'>;
    const answer = await this.egress.send({ ...given(request), url: String(url), signal, maxBytes: MAX_ANSWER });
    return { ...answer, body: answer.body.toString('utf8') };
  }

  private ask(method: string, params: JsonObject, { actor, server, signal }: PluginCaller): Promise<JsonObject> {
    const _meta = { [metaKeys.protocolVersion]: latestRevision, [metaKeys.clientCapabilities]: {} };
    const exchange: Exchange = { method, params: { ...params, _meta }, actor, signal, notify: () => {} };
    // It is made of upstreams, whose messages pass plugins too.
    const core = this.modules.get<Provider>(CORE);
    return core.answer(server === undefined ? exchange : { ...exchange, server });
  }
}

function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
