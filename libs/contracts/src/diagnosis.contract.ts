import { ById } from './auth.contract.js';
import { AppliedMigrationRule, MessageProblem } from './capture.contract.js';
import { rpc } from './define.js';
import { Flag, Id, Instant, JsonObject, ListOf, Nested, OneOf, Text, Texts, Whole } from './fields.js';

/** One JSON-RPC message, and who is said to have sent it. */
export class JudgeMessageRequest {
  @Text({ max: 10, description: 'A published revision, such as 2025-11-25' }) revision: string;
  @OneOf(['client', 'server']) sender: 'client' | 'server';
  @JsonObject() message: Record<string, unknown>;
  @Text({ max: 128, optional: true, description: 'The method that a response answers' }) method?: string;
}

/** The message in one revision; absent with `refusedBy` where that revision has no such message. */
export class MessageInRevision {
  @Text({ max: 10 }) revision: string;
  @Flag() valid: boolean;
  @Nested(() => MessageProblem, { optional: true }) problem?: MessageProblem;
  @JsonObject({ optional: true }) message?: Record<string, unknown>;
  @ListOf(() => AppliedMigrationRule, { max: 128 }) rules: AppliedMigrationRule[];
  @Text({ max: 128, optional: true }) refusedBy?: string;
  @Text({ max: 1_024, optional: true }) reason?: string;
}

export class MessageJudgement {
  @Flag() valid: boolean;
  @Nested(() => MessageProblem, { optional: true }) problem?: MessageProblem;
  @ListOf(() => MessageInRevision, { max: 16 }) revisions: MessageInRevision[];
}

export const diagnosisOutcomes = ['passed', 'warned', 'failed', 'skipped'] as const;

/** One thing that was tried at an upstream, and what is wrong with it. */
export class DiagnosisCheck {
  @Text({ max: 64, description: '`era`, or the method that was asked' }) name: string;
  @OneOf(diagnosisOutcomes) outcome: (typeof diagnosisOutcomes)[number];
  @Whole() tookMs: number;
  @Texts({ max: 100, maxLength: 1_024 }) problems: string[];
}

/** What one replica finds when it asks an upstream everything that changes nothing. */
export class UpstreamDiagnosis {
  @Id() id: string;
  @Flag({ description: 'Whether nothing failed' }) healthy: boolean;
  @Text({ max: 16, optional: true, description: 'The revision that is spoken with it' }) revision?: string;
  @ListOf(() => DiagnosisCheck, { max: 16 }) checks: DiagnosisCheck[];
  @Instant() checkedAt: string;
}

const service = 'mcp-protocol';

export const DiagnosisApi = {
  judgeMessage: rpc('diagnosis.v1.judge-message', JudgeMessageRequest, MessageJudgement, {
    service,
    access: 'mcp:use',
    changes: false,
  }),
  diagnoseUpstream: rpc('diagnosis.v1.diagnose-upstream', ById, UpstreamDiagnosis, {
    service,
    access: 'upstreams:use',
    changes: false,
    timeoutMs: 30_000,
  }),
};
