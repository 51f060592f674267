import {
  ServiceError,
  type Channel,
  type FieldError,
  type RenderedTemplate,
  type TemplateContent,
} from '@scm/contracts';
import { checkTemplate, renderTemplate, TemplateError } from './template.engine.js';

const parts = ['title', 'body', 'html'] as const;
type Part = (typeof parts)[number];

/** What a template of each channel has; html may be left out. */
const partsOf: Record<Channel, readonly Part[]> = {
  inbox: ['title', 'body'],
  email: ['title', 'body', 'html'],
  webhook: ['body'],
};

/** Throws INVALID_ARGUMENT that names each part which is missing, does not belong to the channel, or is no template. */
export function checkContent(content: TemplateContent): void {
  const errors = parts.flatMap((part): FieldError[] => {
    const message = faultOf(content, part);
    return message ? [{ path: part, message }] : [];
  });
  if (errors.length === 0) return;
  const told = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ServiceError('INVALID_ARGUMENT', told, errors);
}

function faultOf(content: TemplateContent, part: Part): string | undefined {
  const text = content[part];
  const belongs = partsOf[content.channel].includes(part);
  if (text === undefined) return belongs && part !== 'html' ? `is missing: ${content.channel} has one` : undefined;
  if (!belongs) return `does not belong to ${content.channel}`;
  try {
    checkTemplate(text);
    return undefined;
  } catch (error) {
    return (error as TemplateError).message;
  }
}

/** Renders every part; throws INVALID_ARGUMENT that names the part which cannot be. */
export function renderContent(
  { channel, title, body, html }: Pick<TemplateContent, Part | 'channel'>,
  variables: object,
): RenderedTemplate {
  return {
    ...(title !== undefined && { title: rendered('title', title, variables).slice(0, 1_024) }),
    body: channel === 'webhook' ? asJson(rendered('body', body, variables)) : rendered('body', body, variables),
    ...(html !== undefined && { html: rendered('html', html, variables) }),
  };
}

function rendered(part: Part, text: string, variables: object): string {
  try {
    return renderTemplate(text, variables, part === 'html' ? 'html' : 'text');
  } catch (error) {
    throw error instanceof TemplateError ? failed(part, error.message) : error;
  }
}

function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw failed('body', `gives no JSON: ${(error as Error).message}`);
  }
}

function failed(path: Part, message: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', `${path}: ${message}`, [{ path, message }]);
}
