import { Controller } from '@nestjs/common';
import { decodeValue, NotifyApi, SendNotificationRequest, StepTasks, type Actor, type StepTask } from '@scm/contracts';
import { MessagingClient, Task, type DeliveryInfo } from '@scm/messaging';
import { StepRunner } from './step.runner.js';

/** Tells people, through the notifier. `with` is the notification without its key: the step's key makes it one. */
@Controller()
export class NotificationStep {
  constructor(
    private readonly runner: StepRunner,
    private readonly messaging: MessagingClient,
  ) {}

  @Task(StepTasks.notification)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, (step, _signal, actor) => this.send(step, actor));
  }

  private async send(task: StepTask, actor: Actor): Promise<{ notificationId: string }> {
    const topic = `workflow.${task.workflow}`;
    const request = decodeValue(SendNotificationRequest, { topic, ...task.with, key: task.key });
    const { id } = await this.messaging.request(NotifyApi.send, request, { as: actor });
    return { notificationId: id };
  }
}
