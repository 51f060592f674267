import { Injectable } from '@nestjs/common';
import { errorCodes, isJsonObject, metaKeys, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { CallAudit } from '../protocol/call-audit.js';
import type { Exchange } from '../protocol/exchange.js';
import { HostFunctions } from './host-functions.js';
import type { Plugin } from './plugin.js';
import { shownCaller } from './shown-caller.js';

/** Answers the methods that plugins add, for clients that declare their extension. */
@Injectable()
export class ExtensionMethods {
  constructor(
    private readonly host: HostFunctions,
    private readonly audit: CallAudit,
  ) {}

  /** Throws ProtocolError -32021 for a client that did not declare it, -32602 for parameters that are not as its schema says. */
  async answer(plugin: Plugin, exchange: Exchange): Promise<JsonObject> {
    const { method } = exchange;
    const { extension, checks } = plugin;
    if (!declares(exchange, extension.id)) throw undeclared(extension.id);
    const { _meta, ...params } = exchange.params;
    const wrong = checks.get(method)?.params(params);
    if (wrong) throw new ProtocolError(errorCodes.invalidParams, `/params${wrong}`);
    await this.audit.record(method, 'started', { resource: extension.id });
    const context = { method, ...shownCaller(exchange) };
    const output = await plugin.run('methods', method, [params, context], this.host.for(extension, exchange));
    const fault = isJsonObject(output) ? checks.get(method)?.result(output) : '/ must be an object';
    if (fault) throw plugin.failure('methods', method, 'invalid', fault);
    await this.audit.record(method, 'done', { resource: extension.id });
    return { resultType: 'complete', ...(output as JsonObject) };
  }
}

/** Clients of older revisions have `experimental` alone to say so. */
function declares({ params }: Exchange, id: string): boolean {
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  const capabilities = meta[metaKeys.clientCapabilities];
  if (!isJsonObject(capabilities)) return false;
  const { extensions, experimental } = capabilities;
  return [extensions, experimental].some((declared) => isJsonObject(declared) && Object.hasOwn(declared, id));
}

function undeclared(id: string): ProtocolError {
  const data = { requiredCapabilities: { extensions: { [id]: {} } } };
  return new ProtocolError(errorCodes.missingRequiredClientCapability, `This needs a client that declares ${id}`, data);
}
