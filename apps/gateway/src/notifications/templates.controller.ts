import { Controller } from '@nestjs/common';
import {
  TemplateApi,
  type Nothing,
  type RenderedTemplate,
  type TemplatePage,
  type TemplateVersion,
  type TemplateVersionPage,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

const ONE = 'templates/:channel/:name';

@Controller('api/v1')
export class TemplatesController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'templates', TemplateApi.list, 'List the templates that stand in for built-in ones')
  list(@Call() call: HttpCall): Promise<JsonText<TemplatePage>> {
    return this.mesh.forward(TemplateApi.list, call);
  }

  @Route('POST', 'templates', TemplateApi.create, 'Make the next version of a template, and use it', { status: 201 })
  create(@Call() call: HttpCall): Promise<JsonText<TemplateVersion>> {
    return this.mesh.forward(TemplateApi.create, call);
  }

  @Route('POST', 'templates/preview', TemplateApi.preview, 'Render a template without keeping it')
  preview(@Call() call: HttpCall): Promise<JsonText<RenderedTemplate>> {
    return this.mesh.forward(TemplateApi.preview, call);
  }

  @Route('GET', ONE, TemplateApi.get, 'Show the version in use, or the built-in one')
  get(@Call() call: HttpCall): Promise<JsonText<TemplateVersion>> {
    return this.mesh.forward(TemplateApi.get, call);
  }

  @Route('DELETE', ONE, TemplateApi.remove, 'Go back to the built-in template')
  remove(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(TemplateApi.remove, call);
  }

  @Route('GET', `${ONE}/versions`, TemplateApi.listVersions, 'List the versions of a template, newest first')
  listVersions(@Call() call: HttpCall): Promise<JsonText<TemplateVersionPage>> {
    return this.mesh.forward(TemplateApi.listVersions, call);
  }

  @Route('GET', `${ONE}/versions/:version`, TemplateApi.get, 'Show one version of a template')
  getVersion(@Call() call: HttpCall): Promise<JsonText<TemplateVersion>> {
    return this.mesh.forward(TemplateApi.get, call);
  }

  @Route('POST', `${ONE}/activate`, TemplateApi.activate, 'Use another version of a template')
  activate(@Call() call: HttpCall): Promise<JsonText<TemplateVersion>> {
    return this.mesh.forward(TemplateApi.activate, call);
  }
}
