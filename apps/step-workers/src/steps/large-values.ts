import { PayloadApi, type Actor, type StepTask } from '@scm/contracts';
import type { MessagingClient } from '@scm/messaging';

/** The task with the values that its message only refers to. Throws ServiceError when they cannot be had. */
export async function wholeTask(messaging: MessagingClient, task: StepTask, as: Actor): Promise<StepTask> {
  const { large, ...rest } = task;
  if (!large) return task;
  const values = large.map(async ({ at, id }) => {
    const { value } = await messaging.request(PayloadApi.get, { id: task.executionId, payload: id }, { as });
    return [at, value] as const;
  });
  return { ...rest, ...Object.fromEntries(await Promise.all(values)) };
}
