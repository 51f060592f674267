import { Liquid } from 'liquidjs';

/** Characters a rendered text may have. */
export const MAX_RENDERED = 262_144;

const limits = { parseLimit: 65_536, renderLimit: 500, memoryLimit: 4_000_000 };

// Nothing that reads other files, leaves HTML unescaped, or whose cost its text does not bound.
const tags = 'assign break capture case comment continue cycle echo for if liquid raw unless #'.split(' ');
const filters = [
  'abs append at_least at_most capitalize ceil compact concat date date_to_rfc822 date_to_xmlschema default divided_by',
  'downcase escape first floor join json last lstrip map minus modulo newline_to_br normalize_whitespace plus prepend',
  'remove remove_first replace replace_first reverse round rstrip size slice sort sort_natural split strip',
  'strip_newlines sum times to_integer truncate truncatewords uniq upcase url_encode where',
].flatMap((line) => line.split(' '));

const engines = { text: engine(), html: engine('escape') };

/** Where and why a text is no template. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

/** Throws TemplateError for a text that is no Liquid, or asks for more than is offered. */
export function checkTemplate(text: string): void {
  located(() => engines.text.parse(text));
}

/**
 * Renders Liquid with these variables and nothing else: no files, no code, no prototypes, in bounded time and memory.
 * `html` escapes what is put in. Throws TemplateError.
 */
export function renderTemplate(text: string, variables: object, form: 'text' | 'html' = 'text'): string {
  const rendered = located(() => String(engines[form].parseAndRenderSync(text, variables)));
  if (rendered.length > MAX_RENDERED) throw new TemplateError(`gives more than ${MAX_RENDERED} characters`);
  return rendered;
}

function engine(outputEscape?: 'escape'): Liquid {
  const strict = { strictFilters: true, ownPropertyOnly: true, dynamicPartials: false, cache: false };
  // Partials would come from here: there are none.
  const liquid = new Liquid({ ...strict, ...limits, templates: {}, ...(outputEscape && { outputEscape }) });
  keepOnly(liquid.tags, tags);
  // `raw` marks in liquidjs that nothing is escaped any more; as a name it is refused.
  keepOnly(liquid.filters, filters);
  return liquid;
}

function keepOnly(known: Record<string, unknown>, names: readonly string[]): void {
  for (const name of Object.keys(known)) if (!names.includes(name)) delete known[name];
}

interface LiquidFailure extends Error {
  token?: { getPosition(): [line: number, column: number] };
}

function located<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { message, token } = error as LiquidFailure;
    const why = message
      .replace(/, line:\d+, col:\d+$/, '')
      .replace(/\s+/g, ' ')
      .slice(0, 500);
    const [line, column] = token?.getPosition() ?? [];
    throw new TemplateError(line ? `line ${line}, column ${column}: ${why}` : why, { cause: error });
  }
}
