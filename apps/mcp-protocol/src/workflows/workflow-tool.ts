import type { Execution, WorkflowVersion } from '@scm/contracts';
import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { taskSupportKey } from '@scm/mcp-migration';

/** A workflow as a tool: its input is that of the document, where the document says what that is. */
export function toolOf({ name, title, summary, document = {} }: WorkflowVersion): JsonObject {
  return {
    name,
    ...(title !== undefined && { title }),
    description: summary ?? `Runs the workflow ${name}, durably.`,
    inputSchema: inputSchemaOf(document),
    _meta: { [taskSupportKey]: 'own' },
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  };
}

function inputSchemaOf({ input }: Record<string, unknown>): JsonObject {
  const schema = isJsonObject(input) && isJsonObject(input['schema']) ? input['schema']['document'] : undefined;
  return isJsonObject(schema) && schema['type'] === 'object' ? schema : { type: 'object' };
}

/** What became of an execution; one that did not end well, or waits for a person, says so. */
export function resultOf({ id, status, output, error }: Execution): JsonObject {
  const told = { executionId: id, status, ...(output !== undefined && { output }), ...(error && { error }) };
  return {
    resultType: 'complete',
    content: [{ type: 'text', text: JSON.stringify(told) }],
    structuredContent: told,
    ...(isFailure(status) && { isError: true }),
  };
}

function isFailure(status: Execution['status']): boolean {
  return status === 'faulted' || status === 'cancelled' || status === 'compensation-failed';
}
