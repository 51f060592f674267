import { metrics, trace } from '@opentelemetry/api';
import { translate as plainly, Untranslatable, type Translation, type TranslationOptions } from '@scm/mcp-migration';

const meter = metrics.getMeter('@scm/mcp-protocol');
const rules = meter.createCounter('scm.mcp.translation.rules', {
  description: 'Rules that changed a message on its way to another revision, or refused it',
  unit: '{rule}',
});

/** Translates a message, counts the rules that had something to do, and names those on the span at hand. Throws Untranslatable. */
export const translate = ((message: never, options: TranslationOptions) => {
  const { from, to } = options;
  try {
    const translation = plainly(message, options) as Translation<object>;
    for (const { rule, class: outcome } of translation.applied) rules.add(1, { from, to, rule, class: outcome });
    tell(translation);
    return translation;
  } catch (error) {
    if (error instanceof Untranslatable) rules.add(1, { from, to, rule: error.rule, class: 'refused' });
    throw error;
  }
}) as typeof plainly;

function tell({ from, to, applied }: Translation<object>): void {
  const lossy = applied.filter((rule) => rule.class !== 'lossless').map(({ rule }) => rule);
  if (from === to) return;
  trace.getActiveSpan()?.setAttributes({
    'scm.mcp.translation.from': from,
    'scm.mcp.translation.to': to,
    ...(lossy.length > 0 && { 'scm.mcp.translation.rules': lossy }),
  });
}
