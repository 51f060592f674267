import { Inject, Injectable } from '@nestjs/common';
import { isJsonObject, latestRevision, type JsonObject } from '@scm/mcp-messages';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { ExtensionMethods } from './extension.methods.js';
import { ExtensionRegistry } from './extension.registry.js';
import { CORE } from './host-functions.js';

/** All there is, and what plugins add: their methods, and what discovery says of them. */
@Injectable()
export class ExtensionsProvider implements Provider {
  constructor(
    @Inject(CORE) private readonly core: Provider,
    private readonly registry: ExtensionRegistry,
    private readonly methods: ExtensionMethods,
  ) {}

  answer(exchange: Exchange): Promise<JsonObject> {
    if (this.registry.plugins.length === 0) return this.core.answer(exchange);
    if (exchange.method === 'server/discover') return this.discover(exchange);
    const plugin = this.registry.pluginFor(exchange.method);
    return plugin ? this.methods.answer(plugin, exchange) : this.core.answer(exchange);
  }

  findTool(name: string, exchange: Exchange): Promise<JsonObject | undefined> {
    return this.core.findTool?.(name, exchange) ?? Promise.resolve(undefined);
  }

  private async discover(exchange: Exchange): Promise<JsonObject> {
    const discovered = await this.core.answer(exchange);
    const capabilities = isJsonObject(discovered['capabilities']) ? discovered['capabilities'] : {};
    const extensions = isJsonObject(capabilities['extensions']) ? capabilities['extensions'] : {};
    const added = this.registry.capabilitiesFor(latestRevision);
    return { ...discovered, capabilities: { ...capabilities, extensions: { ...extensions, ...added } } };
  }
}
