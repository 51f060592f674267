/** The headers of our NATS messages. The error pair is the NATS micro services' own, so that every NATS tool shows it. */
export const header = {
  errorCode: 'Nats-Service-Error-Code',
  error: 'Nats-Service-Error',
  context: 'Scm-Context',
  timeoutMs: 'Scm-Timeout-Ms',
  idempotencyKey: 'Scm-Idempotency-Key',
  fields: 'Scm-Fields',
  epoch: 'Scm-Epoch',
  frame: 'Scm-Frame',
  mark: 'Scm-Mark',
} as const;
