import { metrics } from '@opentelemetry/api';
import type { SandboxFaultReason } from './sandbox-fault.js';

const meter = metrics.getMeter('@scm/mcp-protocol');

const runs = meter.createCounter('scm.mcp.plugin.runs', {
  description: 'Runs of the code of plugins: methods and hooks',
  unit: '{run}',
});

/** `invalid`: it gave what is not what it should be. */
export type PluginOutcome = 'done' | 'invalid' | SandboxFaultReason;

export function countRun(extension: string, group: 'methods' | 'hooks', outcome: PluginOutcome): void {
  runs.add(1, { extension, group, outcome });
}
