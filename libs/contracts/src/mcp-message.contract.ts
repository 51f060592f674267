import { AppliedMigrationRule, MessageProblem } from './capture.contract.js';
import { rpc } from './define.js';
import { Flag, JsonObject, ListOf, Nested, OneOf, Text } from './fields.js';

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

const service = 'mcp-protocol';

export const McpMessageApi = {
  judge: rpc('mcp-message.v1.judge', JudgeMessageRequest, MessageJudgement, {
    service,
    access: 'mcp:use',
    changes: false,
  }),
};
