import { AuthApi } from './auth.contract.js';
import { EmailContactApi, WebhookApi } from './contact.contract.js';
import { CaptureApi, CaptureEvents } from './capture.contract.js';
import { ControlApi } from './control.contract.js';
import { DiagnosisApi } from './diagnosis.contract.js';
import type { Contract } from './define.js';
import { WorkflowApi } from './definition.contract.js';
import { ExtensionApi } from './extension.contract.js';
import { IntakeApi } from './intake.contract.js';
import { McpApi, McpEvents } from './mcp.contract.js';
import { McpTaskApi } from './mcp-task.contract.js';
import { MetricsApi, MetricsEvents, RulesApi } from './metrics.contract.js';
import { AlertApi, AlertEvents, NotifyApi } from './notify.contract.js';
import { PayloadApi } from './payload.contract.js';
import { RuleFileApi } from './rule-file.contract.js';
import { ScheduleApi } from './schedule.contract.js';
import { QueueApi, WorkerApi } from './queue.contract.js';
import { SystemApi } from './system.contract.js';
import { TemplateApi } from './template.contract.js';
import { UpstreamAuthorizationApi } from './upstream-authorization.contract.js';
import { UpstreamApi, VirtualServerApi } from './upstream.contract.js';
import { ExecutionApi, StepApi, StepTasks, WorkflowEvents } from './workflow.contract.js';

const groups = {
  AuthApi,
  MetricsApi,
  IntakeApi,
  RulesApi,
  RuleFileApi,
  MetricsEvents,
  WorkflowApi,
  ExecutionApi,
  PayloadApi,
  ScheduleApi,
  ControlApi,
  StepApi,
  StepTasks,
  QueueApi,
  WorkerApi,
  WorkflowEvents,
  NotifyApi,
  WebhookApi,
  EmailContactApi,
  TemplateApi,
  AlertApi,
  AlertEvents,
  McpApi,
  McpTaskApi,
  ExtensionApi,
  UpstreamApi,
  UpstreamAuthorizationApi,
  VirtualServerApi,
  McpEvents,
  DiagnosisApi,
  CaptureApi,
  CaptureEvents,
  SystemApi,
};

/** Every contract with the expression that names it in code, such as `AuthApi.login`. */
export const allContracts: readonly { readonly name: string; readonly contract: Contract }[] = Object.entries(
  groups,
).flatMap(([group, contracts]) =>
  Object.entries<Contract>(contracts).map(([key, contract]) => ({ name: `${group}.${key}`, contract })),
);
