import { Controller } from '@nestjs/common';
import { ExtensionApi, type ExtensionList } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class ExtensionsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'extensions', ExtensionApi.list, 'List the extensions of the Model Context Protocol')
  list(@Call() call: HttpCall): Promise<JsonText<ExtensionList>> {
    return this.mesh.forward(ExtensionApi.list, call);
  }
}
