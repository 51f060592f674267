export type SandboxFaultReason = 'time' | 'memory' | 'size' | 'thrown' | 'unanswered';

/** Code in a sandbox did not give what it should. The message is for the log: the code may have put anything into it. */
export class SandboxFault extends Error {
  override readonly name = 'SandboxFault';

  constructor(
    readonly reason: SandboxFaultReason,
    message: string,
  ) {
    super(message);
  }
}

/** What was thrown in the sandbox, as it left it. */
export function faultOf(thrown: unknown): SandboxFault {
  const { name, message } = typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>) : {};
  if (name === 'InternalError' && message === 'interrupted') return new SandboxFault('time', 'it took too long');
  if (name === 'InternalError' && message === 'out of memory')
    return new SandboxFault('memory', 'it needs more memory than it may have');
  const said = typeof message === 'string' ? `${String(name)}: ${message}` : JSON.stringify(thrown);
  return new SandboxFault('thrown', String(said).slice(0, 1_024));
}
