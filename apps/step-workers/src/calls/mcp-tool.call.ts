import { McpTaskApi, ServiceError, type Actor, type RunToolReply, type StepTask } from '@scm/contracts';
import type { MessagingClient } from '@scm/messaging';

/** `call: mcp-tool` of the product's own workflow: a task's tool is called by whichever replica of mcp-protocol takes it. */
export async function callMcpTool(
  messaging: MessagingClient,
  { executionId: task, step }: StepTask,
  as: Actor,
  signal: AbortSignal,
): Promise<RunToolReply> {
  let reply: RunToolReply | undefined;
  const receiver = { onHead: (head: RunToolReply) => void (reply = head), onText: () => {}, signal };
  await messaging.stream(McpTaskApi.run, { task, step }, receiver, { as });
  if (!reply) throw new ServiceError('UNAVAILABLE', 'the call of the tool ended without an answer');
  return reply;
}
