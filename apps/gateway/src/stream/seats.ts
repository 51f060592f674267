import type { Actor } from '@scm/contracts';

/** Counts the open streams of each caller: one of them alone must not take all there are. */
export class Seats {
  private readonly taken = new Map<string, number>();

  constructor(private readonly perActor: number) {}

  /** Gives what frees the seat again; undefined when the caller has no more. */
  take({ workspaceId, id }: Actor): (() => void) | undefined {
    const key = `${workspaceId}:${id}`;
    const count = this.taken.get(key) ?? 0;
    if (count >= this.perActor) return undefined;
    this.taken.set(key, count + 1);
    return () => this.free(key);
  }

  private free(key: string): void {
    const left = (this.taken.get(key) ?? 0) - 1;
    if (left > 0) this.taken.set(key, left);
    else this.taken.delete(key);
  }
}
