import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WholeMesh } from '../e2e/whole-mesh.js';
import { send } from '../bad-input/doors.js';

const EVERY_MS = 20;

/** A client that does nothing wrong, at work while others do: each of its requests must succeed. */
export class Bystander {
  readonly failures: string[] = [];
  private readonly timesMs: number[] = [];
  private readonly leaving = new AbortController();
  private readonly work: Promise<void>;

  constructor(
    private readonly scm: WholeMesh,
    private readonly token: string,
  ) {
    this.work = this.ask();
  }

  async leave(): Promise<void> {
    this.leaving.abort();
    await this.work;
  }

  get figures(): string {
    const sorted = this.timesMs.toSorted((a, b) => a - b);
    const at = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
    return `${sorted.length} requests of a bystander, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
  }

  private async ask(): Promise<void> {
    const asked = { method: 'GET', path: '/api/v1/alerts', headers: { authorization: `Bearer ${this.token}` } };
    while (!this.leaving.signal.aborted) {
      const startedMs = performance.now();
      const { status, text } = await send(this.scm.url, asked).catch((error: unknown) => ({
        status: 0,
        text: String(error),
      }));
      this.timesMs.push(performance.now() - startedMs);
      if (status !== 200) this.failures.push(`${status} ${text}`);
      await sleep(EVERY_MS);
    }
  }
}

/** The memory of a process, in MiB. */
export function residentMiB(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1_024);
}
