/** The time a step has, which ends earlier when its worker stops. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether the time is over, and not the worker. */
  isOver(): boolean;
  clear(): void;
}

/** What `AbortSignal.any` and `AbortSignal.timeout` would give at many times the price, which every step would pay. */
export function deadlineAfter(timeoutMs: number, stopping: AbortSignal): Deadline {
  const ending = new AbortController();
  let isOver = false;
  const stop = () => ending.abort(stopping.reason);
  const timer = setTimeout(() => {
    isOver = true;
    ending.abort(new DOMException(`the time of ${timeoutMs} ms is over`, 'TimeoutError'));
  }, timeoutMs);
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop, { once: true });
  return {
    signal: ending.signal,
    isOver: () => isOver,
    clear: () => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', stop);
    },
  };
}
