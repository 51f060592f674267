import { Controller } from '@nestjs/common';
import { ExtensionApi, type ExtensionList } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ExtensionRegistry } from './extension.registry.js';
import { shownExtension } from './shown-extension.js';

@Controller()
export class ExtensionsHandler {
  constructor(private readonly registry: ExtensionRegistry) {}

  @Rpc(ExtensionApi.list)
  async list(): Promise<ExtensionList> {
    return { items: this.registry.all.map(shownExtension) };
  }
}
