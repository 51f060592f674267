import { Injectable } from '@nestjs/common';
import { isPermission, type Actor } from '@scm/contracts';
import { Policy } from '@scm/policy';
import { GetExecutionTool } from './get-execution.tool.js';
import { ListAlertsTool } from './list-alerts.tool.js';
import { ListWorkflowsTool } from './list-workflows.tool.js';
import { QueryMetricsTool } from './query-metrics.tool.js';
import { RunWorkflowTool } from './run-workflow.tool.js';
import { SystemOverviewTool } from './system-overview.tool.js';
import type { Tool } from './tool.js';
import { WhoAmITool } from './who-am-i.tool.js';

/** Every tool, and which of them a caller may use. */
@Injectable()
export class ToolRegistry {
  private readonly tools: ReadonlyMap<string, Tool>;

  constructor(
    private readonly policy: Policy,
    overview: SystemOverviewTool,
    query: QueryMetricsTool,
    alerts: ListAlertsTool,
    workflows: ListWorkflowsTool,
    run: RunWorkflowTool,
    execution: GetExecutionTool,
    whoAmI: WhoAmITool,
  ) {
    this.tools = indexed([overview, query, alerts, workflows, run, execution, whoAmI] as Tool[]);
  }

  /** In the order of their names. */
  visibleTo(actor: Actor): Tool[] {
    return [...this.tools.values()].filter((tool) => this.mayUse(actor, tool));
  }

  find(name: string): Tool | undefined {
    return this.tools.get(name);
  }

  mayUse(actor: Actor, { access }: Tool): boolean {
    return this.policy.decide({ actor, permission: access, resource: { workspaceId: actor.workspaceId } }).allowed;
  }
}

/** @throws TypeError for a tool without a declared permission, and for two of one name. */
export function indexed(tools: readonly Tool[]): Map<string, Tool> {
  const open = tools.filter(({ access }) => !isPermission(access));
  if (open.length > 0)
    throw new TypeError(`tools without a declared permission: ${open.map((t) => t.name).join(', ')}`);
  const sorted = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(sorted.map((tool) => [tool.name, tool]));
  if (byName.size !== tools.length) throw new TypeError('two tools have one name');
  return byName;
}
