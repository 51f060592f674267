import { metrics, trace } from '@opentelemetry/api';
import type { JsonObject } from '@scm/mcp-messages';
import { recordTranslated } from '../captures/recording.leg.js';
import { translate as plainly, Untranslatable, type Translation, type TranslationOptions } from '@scm/mcp-migration';

const meter = metrics.getMeter('@scm/mcp-protocol');
const rules = meter.createCounter('scm.mcp.translation.rules', {
  description: 'Rules that changed a message on its way to another revision, or refused it',
  unit: '{rule}',
});

/** Translates a message, counts the rules that had something to do, and names those on the span at hand. Throws Untranslatable. */
export const translate = ((message: never, options: TranslationOptions) => {
  const { from, to, sender } = options;
  const before = message as JsonObject;
  const about = { from, to, sender, method: methodOf(before, options), before };
  try {
    const translation = plainly(message, options) as Translation<object>;
    for (const { rule, class: outcome } of translation.applied) rules.add(1, { from, to, rule, class: outcome });
    tell(translation);
    const after = translation.message as JsonObject;
    recordTranslated({ ...about, after, rules: translation.applied });
    return translation;
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    const refusal = { rule: error.rule, class: 'refused' } as const;
    rules.add(1, { from, to, ...refusal });
    recordTranslated({ ...about, rules: [refusal] });
    throw error;
  }
}) as typeof plainly;

function methodOf({ method }: JsonObject, options: TranslationOptions): string {
  return typeof method === 'string' ? method : (options.method ?? '');
}

function tell({ from, to, applied }: Translation<object>): void {
  const lossy = applied.filter((rule) => rule.class !== 'lossless').map(({ rule }) => rule);
  if (from === to) return;
  trace.getActiveSpan()?.setAttributes({
    'scm.mcp.translation.from': from,
    'scm.mcp.translation.to': to,
    ...(lossy.length > 0 && { 'scm.mcp.translation.rules': lossy }),
  });
}
