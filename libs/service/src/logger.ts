import type { LoggerService } from '@nestjs/common';
import { trace } from '@opentelemetry/api';

const severities = ['debug', 'info', 'warn', 'error'] as const;
type Severity = (typeof severities)[number];

const SECRETS: readonly [RegExp, string][] = [
  [/\bscm_[a-z]+_[\w-]{8,}/g, 'scm_[redacted]'],
  [/\bwhsec_[\w+/=-]+/g, 'whsec_[redacted]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [redacted]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted token]'],
  [/(:\/\/[^\s:/@]*:)[^\s@/]+@/g, '$1[redacted]@'],
  [/("?(?:password|secret|token|apiKey|credential)"?\s*[:=]\s*"?)[^\s",}]+/gi, '$1[redacted]'],
];

/** One JSON object a line on standard output, with the trace it belongs to and without secrets. */
export class JsonLogger implements LoggerService {
  private readonly least: number;

  constructor(
    private readonly identity: { service: string; instance: string },
    level: string,
    private readonly write: (line: string) => void = (line) => process.stdout.write(line),
  ) {
    this.least = severities.indexOf(level as Severity);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.line('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.line('debug', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.line('info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.line('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.line('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.line('error', message, rest);
  }

  private line(level: Severity, message: unknown, rest: unknown[]): void {
    if (severities.indexOf(level) < this.least) return;
    const span = trace.getActiveSpan()?.spanContext();
    const entry = {
      time: new Date().toISOString(),
      level,
      ...this.identity,
      context: rest.at(-1),
      message: redact(textOf(message)),
      ...(rest.length > 1 && { detail: redact(rest.slice(0, -1).map(textOf).join(' ')) }),
      ...(span && { trace_id: span.traceId, span_id: span.spanId }),
    };
    this.write(`${JSON.stringify(entry)}\n`);
  }
}

export function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.stack ?? message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
