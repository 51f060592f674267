import { rpc } from './define.js';
import { Flag, Instant, JsonObject, ListOf, Name, Nested, OneOf, Text, Whole } from './fields.js';
import { channels, severities, type Channel, type Severity } from './notify.contract.js';
import { Nothing, PageRequest } from './page.js';

/** One template: what its channel and its name say together. */
export class TemplateRef {
  @OneOf(channels) channel: Channel;
  /** A topic, `default`, or a name that senders ask for. */
  @Name() name: string;
}

/** Liquid texts. Inbox: `title`, `body`. E-mail: `title` (the subject), `body` (plain text), `html`. Webhook: `body` (JSON). */
export class TemplateContent {
  @OneOf(channels) channel: Channel;
  @Text({ max: 1_024, optional: true }) title?: string;
  @Text({ max: 65_536 }) body: string;
  @Text({ max: 65_536, optional: true }) html?: string;
}

export class CreateTemplateRequest extends TemplateContent {
  @Name() name: string;
}

/** Never changes once it is made. Version 0 is the built-in one. */
export class TemplateVersion extends CreateTemplateRequest {
  @Whole() version: number;
  @Flag() active: boolean;
  @Instant({ optional: true }) createdAt?: string;
  @Text({ max: 128, optional: true }) createdBy?: string;
}

export class TemplateVersionPage {
  @ListOf(() => TemplateVersion) items: TemplateVersion[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class Template extends TemplateRef {
  @Whole() activeVersion: number;
  @Instant() updatedAt: string;
}

export class TemplatePage {
  @ListOf(() => Template) items: Template[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class GetTemplateRequest extends TemplateRef {
  /** Without it the active one. */
  @Whole({ max: 2_147_483_647, optional: true }) version?: number;
}

export class ListTemplateVersionsRequest extends PageRequest {
  @OneOf(channels) channel: Channel;
  @Name() name: string;
}

export class ActivateTemplateRequest extends TemplateRef {
  @Whole({ min: 1, max: 2_147_483_647 }) version: number;
}

/** What a template is shown with; what is left out comes from the sample of an alert that fires. */
export class SampleNotification {
  @Text({ max: 128, optional: true }) topic?: string;
  @Text({ max: 256, optional: true }) title?: string;
  @Text({ max: 8_192, min: 0, optional: true }) body?: string;
  @OneOf(severities, { optional: true }) severity?: Severity;
  @JsonObject({ optional: true }) data?: Record<string, unknown>;
}

export class PreviewTemplateRequest extends TemplateContent {
  @Nested(() => SampleNotification, { optional: true }) notification?: SampleNotification;
}

export class RenderedTemplate {
  @Text({ max: 1_024, min: 0, optional: true }) title?: string;
  @Text({ max: 262_144, min: 0 }) body: string;
  @Text({ max: 262_144, min: 0, optional: true }) html?: string;
}

const service = 'notifier';
const read = { service, access: 'templates:read', changes: false } as const;
const write = { service, access: 'templates:write', changes: true } as const;

export const TemplateApi = {
  /** Makes the next version and activates it. */
  create: rpc('template.v1.create', CreateTemplateRequest, TemplateVersion, write),
  list: rpc('template.v1.list', PageRequest, TemplatePage, read),
  get: rpc('template.v1.get', GetTemplateRequest, TemplateVersion, read),
  listVersions: rpc('template.v1.list-versions', ListTemplateVersionsRequest, TemplateVersionPage, read),
  activate: rpc('template.v1.activate', ActivateTemplateRequest, TemplateVersion, write),
  /** Back to the built-in one. The versions stay readable, for the deliveries that name them. */
  remove: rpc('template.v1.remove', TemplateRef, Nothing, write),
  preview: rpc('template.v1.preview', PreviewTemplateRequest, RenderedTemplate, { ...write, changes: false }),
};
