/** One row of an execution's history, as far as the model reads it. */
export interface HistoryRow {
  seq: number;
  change: { kind: string; frame?: number; approved?: boolean; decision?: string };
  changes: { frame: number; ref: string; name: string; status: string; attempt?: number; waits?: string }[];
}

/** A control that was asked for: `from` and `to` are the last rows of the history before it and after its answer. */
export interface Asked {
  kind: string;
  frame?: number;
  isDone: boolean;
  from: number;
  to: number;
}

type Answer = 'yes' | 'no' | 'maybe';

/** What is known of a step: the status its last change gave it, or what it waits for. */
type StepIs = 'running' | 'timer' | 'retry' | 'approval' | 'decision' | 'event' | 'over' | 'unknown';

const OVER = ['completed', 'faulted', 'cancelled', 'skipped'];
const UNDOES = '/metadata/scm/compensate';

/**
 * What people may do to an execution, told without the machine: from its history alone it says which controls apply in
 * which state, and what none of them may lead to.
 */
export class ControlModel {
  readonly violations: string[] = [];
  isPaused = false;
  /** Cancelled, refused or declared failed: what was done is being undone, or nothing is left. */
  isUndoing = false;
  hasEnded = false;
  private readonly steps = new Map<number, { is: StepIs; attempt: number; ref: string }>();

  /** Whether a control applies now; what the history does not tell may be either. */
  applies({ kind, frame = 0 }: Pick<Asked, 'kind' | 'frame'>): Answer {
    if (this.hasEnded) return 'no';
    switch (kind) {
      case 'pause':
        return this.isPaused || this.isUndoing ? 'no' : 'yes';
      case 'resume':
        return this.isPaused ? 'yes' : 'no';
      case 'cancel':
      case 'signal':
        return this.isUndoing ? 'no' : 'yes';
      case 'skip':
        return this.stepAnswers(frame, ['running', 'timer', 'retry', 'approval', 'decision', 'event']);
      case 'edit':
        return this.stepAnswers(frame, ['retry', 'approval', 'decision']);
      case 'retry':
        return this.stepAnswers(frame, ['retry']);
      case 'approve':
        return this.stepAnswers(frame, ['approval']);
      case 'decide':
        return this.stepAnswers(frame, ['decision']);
      default:
        return 'maybe';
    }
  }

  /** The next transition. */
  take({ seq, change, changes }: HistoryRow): void {
    const wasPaused = this.isPaused;
    if (isControl(change) && this.applies(change) === 'no')
      this.violate(seq, `${change.kind} of ${change.frame} did not apply`);
    if (change.kind === 'pause') this.isPaused = true;
    if (change.kind === 'resume' || change.kind === 'cancel') this.isPaused = false;
    // What they let begin, begins later when the execution is paused.
    if (change.kind === 'approve' || change.kind === 'decide') this.forget((frame) => frame === change.frame);
    if (wasPaused && this.isPaused && change.kind === 'tick') this.violate(seq, 'time passed while it was paused');
    for (const one of changes) this.takeStep(seq, one, wasPaused && this.isPaused);
    const isRefused = change.kind === 'approve' && change.approved === false;
    if (change.kind === 'cancel' || isRefused || (change.kind === 'decide' && change.decision === 'failed')) {
      this.isUndoing = true;
    }
  }

  private takeStep(
    seq: number,
    { frame, ref, name, status, attempt = 1, waits }: HistoryRow['changes'][number],
    isPaused: boolean,
  ): void {
    const known = this.steps.get(frame);
    if (known?.is === 'over') this.violate(seq, `${name} went on after its end`);
    if (status === 'running') {
      if (isPaused) this.violate(seq, `${name} began while the execution was paused`);
      if (this.isUndoing && !ref.includes(UNDOES)) this.violate(seq, `${name} began although it is being undone`);
      if (attempt !== (known?.attempt ?? 0) + 1)
        this.violate(seq, `attempt ${attempt} of ${name} after ${known?.attempt}`);
    }
    // Steps go away with those above them without a word.
    if (OVER.includes(status)) this.forget((_, below) => below.startsWith(`${ref}/`));
    this.steps.set(frame, {
      ref,
      is: OVER.includes(status) ? 'over' : status === 'running' ? 'running' : ((waits as StepIs) ?? 'unknown'),
      attempt: status === 'running' ? attempt : (known?.attempt ?? 0),
    });
  }

  private stepAnswers(frame: number, those: readonly StepIs[]): Answer {
    const { is } = this.steps.get(frame) ?? { is: 'unknown' };
    if (is === 'over') return 'no';
    if (is === 'unknown' || this.isUndoing) return 'maybe';
    return those.includes(is) ? 'yes' : 'no';
  }

  private forget(those: (frame: number, ref: string) => boolean): void {
    for (const [frame, step] of this.steps) {
      if (step.is !== 'over' && those(frame, step.ref)) this.steps.set(frame, { ...step, is: 'unknown' });
    }
  }

  private violate(seq: number, what: string): void {
    this.violations.push(`${seq}: ${what}`);
  }
}

const CONTROLS = ['pause', 'resume', 'cancel', 'signal', 'skip', 'edit', 'retry', 'approve', 'decide'];

function isControl({ kind }: HistoryRow['change']): boolean {
  return CONTROLS.includes(kind);
}

/**
 * Everything in which an ended execution and the answers that people got differ from the model: controls that were done
 * have their row and others have none, and what was refused did not apply at some moment between question and answer.
 */
export function disagreements(history: readonly HistoryRow[], asked: readonly Asked[]): string[] {
  const model = new ControlModel();
  const refused = asked.filter(({ isDone }) => !isDone);
  const explained = new Set<Asked>();
  history.forEach((row, i) => {
    model.take(row);
    model.hasEnded = i === history.length - 1;
    for (const one of refused) {
      if (row.seq >= one.from && row.seq <= one.to && model.applies(one) !== 'yes') explained.add(one);
    }
  });
  const counted = (list: readonly { kind: string }[], kind: string) => {
    const { length } = list.filter((one) => one.kind === kind);
    // To cancel what is cancelled is done, and changes nothing.
    return kind === 'cancel' ? Math.min(1, length) : length;
  };
  const rows = history.map(({ change }) => change);
  const done = asked.filter(({ isDone }) => isDone);
  return [
    ...model.violations,
    ...refused
      .filter((one) => !explained.has(one))
      .map(({ kind, frame, from, to }) => `${kind} of ${frame} was refused between ${from} and ${to}, and applied`),
    ...CONTROLS.filter((kind) => counted(rows, kind) !== counted(done, kind)).map(
      (kind) => `${kind} was done ${counted(done, kind)} times and is ${counted(rows, kind)} times in the history`,
    ),
  ];
}

/** The names of the steps that were done before a step was opened. */
export function doneBefore(history: readonly HistoryRow[], step: number): string[] {
  const opened = history.findIndex(({ changes }) => changes.some(({ frame }) => frame === step));
  return history
    .slice(0, opened + 1)
    .flatMap(({ changes }) => changes.filter(({ status }) => status === 'completed').map(({ name }) => name));
}
