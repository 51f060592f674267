export {
  translate,
  type CallBody,
  type ErrorBody,
  type ResultBody,
  type Translation,
  type TranslationOptions,
} from './translate.js';
export type { Choices, Reverse, TaskOutcome, TranslationContext } from './context.js';
export type { AppliedRule, Note } from './work.js';
export { ledgerKey, ledgerOf, withLedger, type Ledger, type LedgerEntry } from './ledger.js';
export { discoverResultOf, initializeParamsOf, initializeResultOf, requestMetaOf } from './handshake.js';
export { knownMembers } from './envelope.js';
export { Untranslatable } from './untranslatable.js';
export { rules } from './registry.js';
export { ruleClasses, type Direction, type Effect, type Rule, type RuleClass } from './rule.js';
export { taskSupportKey } from './2026-07-28/tasks.js';
export { isOn } from './plan.js';
export type { MessageKind, Place } from './place.js';
