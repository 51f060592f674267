import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { invalidField } from '@scm/contracts';
import {
  latestRevision,
  tasksExtension,
  type Extension,
  type JsonObject,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { McpConfig } from '../config.js';
import type { RegisteredExtension } from './extension.js';
import { Plugin } from './plugin.js';
import { readPlugins } from './plugin-files.js';

/** Its provider says of it itself what `capabilities` holds. */
const tasks: RegisteredExtension = {
  id: tasksExtension.id,
  version: latestRevision,
  title: 'Tasks',
  isBuiltIn: true,
  revisions: [latestRevision],
  permissions: [],
  hooks: [],
  onFailure: 'refuse',
  capability: {},
  model: tasksExtension,
};

/** The extensions of this server: what is built in, and the plugins of the configured folder, which is read at boot. */
@Injectable()
export class ExtensionRegistry implements OnModuleInit, OnModuleDestroy {
  plugins: readonly Plugin[] = [];
  private readonly models = new Map<ProtocolRevision, readonly Extension[]>();

  constructor(private readonly config: McpConfig) {}

  async onModuleInit(): Promise<void> {
    const folder = this.config.mcpPlugins;
    if (folder !== undefined) this.plugins = (await readPlugins(folder)).map((files) => new Plugin(files));
    const names = this.all.flatMap(({ model }) => Object.keys(model.methods));
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice) throw invalidField('SCM_MCP_PLUGINS', `two extensions have the method ${twice}`);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.plugins.map((plugin) => plugin.stop()));
  }

  get all(): RegisteredExtension[] {
    return [tasks, ...this.plugins.map(({ extension }) => extension)];
  }

  /** What judges the messages of a client of that revision. */
  modelsFor(revision: ProtocolRevision): readonly Extension[] {
    let known = this.models.get(revision);
    if (!known) {
      known = this.all.filter(({ revisions }) => revisions.includes(revision)).map(({ model }) => model);
      this.models.set(revision, known);
    }
    return known;
  }

  /** The plugin that answers the method. */
  pluginFor(method: string): Plugin | undefined {
    return this.plugins.find(({ checks }) => checks.has(method));
  }

  /** The capabilities of plugins for clients of a revision, by their ids. */
  capabilitiesFor(revision: ProtocolRevision): Record<string, JsonObject> {
    const own = this.plugins.filter(({ extension }) => extension.revisions.includes(revision));
    return Object.fromEntries(own.map(({ extension: { id, capability } }) => [id, capability]));
  }
}
