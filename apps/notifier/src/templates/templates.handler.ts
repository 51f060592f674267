import { Controller } from '@nestjs/common';
import {
  TemplateApi,
  type ActivateTemplateRequest,
  type CreateTemplateRequest,
  type GetTemplateRequest,
  type ListTemplateVersionsRequest,
  type Nothing,
  type PageRequest,
  type PreviewTemplateRequest,
  type RenderedTemplate,
  type TemplatePage,
  type TemplateRef,
  type TemplateVersion,
  type TemplateVersionPage,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { TemplatesService } from './templates.service.js';

@Controller()
export class TemplatesHandler {
  constructor(private readonly templates: TemplatesService) {}

  @Rpc(TemplateApi.create)
  create(request: CreateTemplateRequest): Promise<TemplateVersion> {
    return this.templates.create(request);
  }

  @Rpc(TemplateApi.list)
  list(request: PageRequest): Promise<TemplatePage> {
    return this.templates.list(request);
  }

  @Rpc(TemplateApi.get)
  get(request: GetTemplateRequest): Promise<TemplateVersion> {
    return this.templates.get(request);
  }

  @Rpc(TemplateApi.listVersions)
  listVersions(request: ListTemplateVersionsRequest): Promise<TemplateVersionPage> {
    return this.templates.listVersions(request);
  }

  @Rpc(TemplateApi.activate)
  activate(request: ActivateTemplateRequest): Promise<TemplateVersion> {
    return this.templates.activate(request);
  }

  @Rpc(TemplateApi.remove)
  remove(request: TemplateRef): Promise<Nothing> {
    return this.templates.remove(request);
  }

  @Rpc(TemplateApi.preview)
  preview(request: PreviewTemplateRequest): Promise<RenderedTemplate> {
    return this.templates.preview(request);
  }
}
