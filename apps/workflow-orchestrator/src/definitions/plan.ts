import type { Capability } from '@scm/contracts';
import type { RetryPolicy, TaskDocument, WorkflowDocument } from './document.js';
import { durationMs } from './duration.js';

/** A document in the form the engine walks. */
export interface Plan {
  /** `namespace`, `name`, `version` and so on: what `$workflow.definition.document` is. */
  document: WorkflowDocument['document'];
  inputFrom?: unknown;
  outputAs?: unknown;
  steps: PlannedStep[];
}

export interface PlannedStep {
  name: string;
  /** JSON pointer of the task in the document. */
  reference: string;
  capability: Capability;
  with: Record<string, unknown>;
  inputFrom?: unknown;
  outputAs?: unknown;
  exportAs?: unknown;
  /** Set when the document limits the task: from dispatch to report, waiting for a worker included. */
  timeoutMs?: number;
  retry: RetryPolicy;
}

/** A worker gives a step up after this long when the document does not say otherwise. */
export const DEFAULT_TIMEOUT_MS = 60_000;

const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, initialMs: 1_000, maxMs: 30_000, factor: 2 };

export function planOf({ document, input, output, do: tasks }: WorkflowDocument): Plan {
  const steps = tasks.flatMap((item, i) => Object.entries(item).map(([name, task]) => stepOf(i, name, task)));
  return { document, inputFrom: input?.from, outputAs: output?.as, steps };
}

function stepOf(index: number, name: string, task: TaskDocument): PlannedStep {
  return {
    name,
    reference: `/do/${index}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    capability: task.call,
    with: task.with,
    inputFrom: task.input?.from,
    outputAs: task.output?.as,
    exportAs: task.export?.as,
    timeoutMs: task.timeout && durationMs(task.timeout.after),
    retry: { ...DEFAULT_RETRY, ...task.metadata?.scm?.retry },
  };
}
