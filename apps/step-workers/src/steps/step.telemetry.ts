import { metrics, SpanStatusCode, trace, type Link } from '@opentelemetry/api';
import type { StepReport, StepTask } from '@scm/contracts';
import { currentTraceparent, traceFrom } from '@scm/messaging';
import { boundedLabel } from '@scm/service';

const MAX_WORKSPACES = 100;
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

const tracer = trace.getTracer('@scm/step-workers');
const meter = metrics.getMeter('@scm/step-workers');
const advice = { explicitBucketBoundaries: BOUNDARIES };
const waited = meter.createHistogram('scm.step.schedule_to_start', {
  description: 'From the opening of an attempt until a worker begins it',
  unit: 's',
  advice,
});
const took = meter.createHistogram('scm.step.duration', { description: 'How long attempts take', unit: 's', advice });
const attempts = meter.createCounter('scm.step.attempts', { description: 'Attempts of steps', unit: '{attempt}' });
const workspaceOf = boundedLabel(MAX_WORKSPACES);

/** Does an attempt as a span of its execution's trace, linked to the attempt before it, and counts it. */
export async function observed(task: StepTask, work: () => Promise<StepReport>): Promise<StepReport> {
  const about = { capability: task.capability, workspace: workspaceOf(task.workspaceId) };
  const begin = performance.now();
  if (task.openedAt) waited.record(Math.max(0, Date.now() - Date.parse(task.openedAt)) / 1_000, about);
  return tracer.startActiveSpan(`step ${task.call}`, spanOf(task), async (span) => {
    try {
      const report = await work();
      const ended = { ...about, outcome: report.outcome };
      took.record((performance.now() - begin) / 1_000, ended);
      attempts.add(1, { ...ended, attempt: task.attempt === 1 ? 'first' : 'again' });
      if (report.outcome === 'completed') return report;
      span.setStatus({ code: SpanStatusCode.ERROR, message: JSON.stringify(report.error?.title ?? '') });
      // The next attempt is linked to this one.
      return { ...report, traceparent: currentTraceparent() };
    } finally {
      span.end();
    }
  });
}

function spanOf({ executionId, workflow, name, reference, attempt, previous }: StepTask) {
  const before = previous === undefined ? undefined : trace.getSpanContext(traceFrom(previous));
  const links: Link[] = before ? [{ context: before, attributes: { 'scm.attempt': attempt - 1 } }] : [];
  return {
    links,
    attributes: {
      'scm.execution.id': executionId,
      'scm.workflow': workflow,
      'scm.step.name': name,
      'scm.step.reference': reference,
      'scm.attempt': attempt,
    },
  };
}
