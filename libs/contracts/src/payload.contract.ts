import { rpc } from './define.js';
import { Id, JsonValue, OneOf, Text, Whole } from './fields.js';

/** A value over 64 Ki characters of JSON, which stands elsewhere: `ExecutionApi.payload` gives it. */
export class LargeValue {
  @OneOf(['input', 'with']) at: 'input' | 'with';
  @Text({ max: 64 }) id: string;
  /** Of its JSON in UTF-8. */
  @Whole() bytes: number;
}

/** A large value of an execution, by the id that stands in its place as `{"$payload": {id, bytes}}`. */
export class PayloadRequest {
  @Id() id: string;
  @Text({ max: 64, pattern: /^[0-9a-f]{32}$/ }) payload: string;
}

export class Payload {
  @JsonValue() value: unknown;
}

export const PayloadApi = {
  get: rpc('execution.v1.get-payload', PayloadRequest, Payload, {
    service: 'workflow-orchestrator',
    access: 'executions:read',
    changes: false,
  }),
};
