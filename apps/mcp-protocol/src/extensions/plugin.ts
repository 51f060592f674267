import { Logger } from '@nestjs/common';
import { ServiceError } from '@scm/contracts';
import { isJsonObject, ofExtension, protocolRevisions, type JsonObject } from '@scm/mcp-messages';
import type { RegisteredExtension } from './extension.js';
import { countRun } from './extension.telemetry.js';
import type { PluginFiles } from './plugin-files.js';
import type { PluginManifest } from './plugin-manifest.js';
import { PluginThreadHost } from './plugin-thread-host.js';
import { SandboxFault } from './sandbox-fault.js';
import type { Host } from './sandbox.js';
import { schemaCheck, type SchemaCheck } from './schema-check.js';

const TIME_MS = 1_000;
const MEMORY_MIB = 16;

/** An extension whose code runs in a sandbox on a thread of its own. */
export class Plugin {
  readonly extension: RegisteredExtension;
  readonly checks: ReadonlyMap<string, { params: SchemaCheck; result: SchemaCheck }>;
  private readonly thread: PluginThreadHost;
  private readonly logger = new Logger('plugin');

  /** Throws INVALID_ARGUMENT for schemas that are none. */
  constructor({ manifest, code }: PluginFiles) {
    const { permissions = [], limits = {}, methods = {} } = manifest;
    const { timeMs = TIME_MS, memoryMib = MEMORY_MIB } = limits;
    this.thread = new PluginThreadHost({ code, permissions, limits: { timeMs, memoryMib } });
    this.extension = extensionOf(manifest);
    this.checks = new Map(
      Object.entries(methods).map(([name, { params, result }]) => [
        name,
        {
          params: schemaCheck(params, `${manifest.id} methods.${name}.params`),
          result: schemaCheck(result, `${manifest.id} methods.${name}.result`),
        },
      ]),
    );
  }

  /** What its code gives. Throws UNAVAILABLE, and DEADLINE_EXCEEDED when it takes too long; why is in the log alone. */
  async run(group: 'methods' | 'hooks', name: string, args: readonly unknown[], host: Host): Promise<unknown> {
    try {
      const output = JSON.parse(await this.thread.run(group, name, JSON.stringify(args), host)) as unknown;
      countRun(this.extension.id, group, 'done');
      return output;
    } catch (error) {
      if (!(error instanceof SandboxFault)) throw error;
      throw this.failure(group, name, error.reason, error.message);
    }
  }

  /** Counts and logs what went wrong; the error to throw. */
  failure(
    group: 'methods' | 'hooks',
    name: string,
    reason: SandboxFault['reason'] | 'invalid',
    message: string,
  ): ServiceError {
    const { id } = this.extension;
    countRun(id, group, reason);
    this.logger.warn(`${id} ${group}.${name} failed (${reason}): ${message}`);
    const code = reason === 'time' ? 'DEADLINE_EXCEEDED' : 'UNAVAILABLE';
    return new ServiceError(code, `the extension ${id} failed: ${wordsFor[reason]}`);
  }

  stop(): Promise<void> {
    return this.thread.stop();
  }
}

const wordsFor = {
  time: 'it took too long',
  memory: 'it needed too much memory',
  size: 'its answer is too large',
  thrown: 'it broke off',
  unanswered: 'it did not answer',
  invalid: 'its answer is not what it should be',
} as const satisfies Record<SandboxFault['reason'] | 'invalid', string>;

function extensionOf(manifest: PluginManifest): RegisteredExtension {
  const { id, version, title, description, capability = {}, permissions = [], hooks = [], methods = {} } = manifest;
  const { revisions = protocolRevisions, onFailure = 'refuse' } = manifest;
  const about = { id, version, ...(title && { title }), ...(description && { description }) };
  const named = Object.keys(methods).map((name) => [name, ofExtension(name)] as const);
  const model = { id, methods: Object.fromEntries(named), results: {} };
  const shown: JsonObject = { ...(isJsonObject(capability) && capability), version };
  return { ...about, isBuiltIn: false, revisions, permissions, hooks, onFailure, capability: shown, model };
}
