import { audioRules } from './2025-03-26/audio.js';
import { completionRules } from './2025-03-26/completions.js';
import { edgeRules as edgesOf0326 } from './2025-03-26/edges.js';
import { memberRules as membersOf0326 } from './2025-03-26/members.js';
import { edgeRules as edgesOf0618 } from './2025-06-18/edges.js';
import { elicitationRules } from './2025-06-18/elicitation.js';
import { memberRules as membersOf0618 } from './2025-06-18/members.js';
import { resourceLinkRules } from './2025-06-18/resource-link.js';
import { structuredContentRules } from './2025-06-18/structured-content.js';
import { titleRules } from './2025-06-18/titles.js';
import { edgeRules as edgesOf1125 } from './2025-11-25/edges.js';
import { formFieldRules } from './2025-11-25/form-fields.js';
import { iconRules } from './2025-11-25/icons.js';
import { messageRules } from './2025-11-25/messages.js';
import { multiSelectRules } from './2025-11-25/multi-select.js';
import { samplingRules } from './2025-11-25/sampling.js';
import { taskRules as tasksOf1125 } from './2025-11-25/tasks.js';
import { urlElicitationRules } from './2025-11-25/url-elicitation.js';
import { capabilityRules } from './2026-07-28/capabilities.js';
import { edgeRules as edgesOf0728 } from './2026-07-28/edges.js';
import { errorRules } from './2026-07-28/errors.js';
import { inputRequiredRules } from './2026-07-28/input-required.js';
import { requestMetaRules } from './2026-07-28/request-meta.js';
import { resultRules } from './2026-07-28/results.js';
import { schemaRules } from './2026-07-28/schemas.js';
import { sessionRules } from './2026-07-28/sessions.js';
import { taskRules as tasksOf0728 } from './2026-07-28/tasks.js';
import { protocolVersionRule } from './protocol-version.js';
import type { Rule } from './rule.js';

/** Every difference between neighbouring revisions, oldest first; those of one pair in the order they are applied in. */
export const rules: readonly Rule[] = [
  ...protocolVersionRule('2025-03-26'),
  ...audioRules,
  ...completionRules,
  ...membersOf0326,
  ...edgesOf0326,
  ...protocolVersionRule('2025-06-18'),
  ...elicitationRules,
  ...structuredContentRules,
  ...resourceLinkRules,
  ...titleRules,
  ...membersOf0618,
  ...edgesOf0618,
  ...protocolVersionRule('2025-11-25'),
  ...tasksOf1125,
  ...urlElicitationRules,
  ...multiSelectRules,
  ...formFieldRules,
  ...samplingRules,
  ...iconRules,
  ...messageRules,
  ...edgesOf1125,
  ...sessionRules,
  ...requestMetaRules,
  ...resultRules,
  ...tasksOf0728,
  ...inputRequiredRules,
  ...schemaRules,
  ...errorRules,
  ...capabilityRules,
  ...edgesOf0728,
];
