import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { BlobRepository, type Blob } from './blob.repository.js';
import { openedBytes, sealedBytes } from './envelope.js';
import { replaced, valuesIn, type Path, type Slots } from './slots.js';
import { WorkspaceKeys } from './workspace-keys.js';

/** Of a value that stays where it is, in characters of its JSON. */
const MAX_INLINE = 65_536;
const CACHED_BYTES = 67_108_864;

/** The execution whose values they are. */
export interface Owner {
  id: string;
  workspaceId: string;
}

/** A value that stands in the table of blobs instead. */
export interface Reference {
  at: Path;
  id: string;
  bytes: number;
}

interface Stored {
  owner: string;
  id: string;
  bytes: number;
}

interface Large extends Reference {
  value: unknown;
  /** Of a value that may not be stored yet. */
  text?: string;
}

/** Takes large values out of records before they are stored, sent or shown, and puts them back: a claim check. */
@Injectable()
export class LargeValues {
  private readonly cache = new LRUCache<string, { value: unknown }>({ maxSize: CACHED_BYTES });
  /** Values that are stored: whoever meets one again need not look at it. */
  private readonly stored = new WeakMap<object, Stored>();
  private readonly texts = new LRUCache<string, Stored>({ max: 100 });

  constructor(
    private readonly blobs: BlobRepository,
    private readonly keys: WorkspaceKeys,
  ) {}

  /** The record as JSON without its large values, with where they were; they are stored when this resolves. */
  async textOf(owner: Owner, record: object, slots: Slots): Promise<string> {
    const whole = JSON.stringify(record);
    if (whole.length <= MAX_INLINE) return whole;
    const found: Large[] = [];
    for (const { at, value } of valuesIn(record, slots)) {
      const one = this.knownOf(owner, value) ?? (await this.largeOf(owner, value));
      if (one) found.push({ ...one, at, value });
    }
    if (found.length === 0) return whole;
    await this.store(owner, found);
    const large = found.map(({ at, id, bytes }) => ({ at, id, bytes }));
    return JSON.stringify({ ...large.reduce((rest, { at }) => replaced(rest, at, null), record), large });
  }

  /** The record as it was. */
  async putBack<T extends object>(owner: Owner, record: T & { large?: Reference[] }): Promise<T> {
    const { large, ...rest } = record;
    if (!large) return record;
    const values = await this.read(
      owner,
      large.map(({ id }) => id),
    );
    return large.reduce(
      (whole, { at, id }) => {
        if (!values.has(id)) throw new TypeError(`${placeOf(owner, id)} is not stored`);
        return replaced(whole, at, values.get(id));
      },
      rest as unknown as T,
    );
  }

  /** The record with references in the places of large values, as it is shown. */
  show<T extends object>(record: T & { large?: Reference[] }): T {
    const { large, ...rest } = record;
    if (!large) return record;
    return large.reduce(
      (shown, { at, id, bytes }) => replaced(shown, at, shownAs({ id, bytes })),
      rest as unknown as T,
    );
  }

  /** The record without the large values of an execution that this process has stored or read. */
  withoutKnown<T extends object>(owner: Owner, record: T, slots: Slots): T & { large?: Reference[] } {
    const large = [...valuesIn(record, slots)].flatMap(({ at, value }) => {
      const found = this.knownOf(owner, value);
      return found ? [{ at, id: found.id, bytes: found.bytes }] : [];
    });
    if (large.length === 0) return record;
    return { ...large.reduce((rest, { at }) => replaced(rest, at, undefined), record), large };
  }

  /** Undefined when the workspace has no such execution, or that no such value. */
  async find(owner: Owner, id: string): Promise<unknown> {
    return (await this.read(owner, [id])).get(id);
  }

  private async read(owner: Owner, ids: readonly string[]): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    for (const id of ids) {
      const cached = this.cache.get(placeOf(owner, id));
      if (cached) found.set(id, cached.value);
    }
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    const box = await this.keys.boxOf(owner.workspaceId);
    for (const { id, sealed } of await this.blobs.read(owner.workspaceId, owner.id, missing)) {
      const text = openedBytes(box, sealed, placeOf(owner, id));
      const value = JSON.parse(text) as unknown;
      this.remember(owner, { id, bytes: Buffer.byteLength(text) }, value);
      found.set(id, value);
    }
    return found;
  }

  private knownOf(owner: Owner, value: unknown): Stored | undefined {
    const found =
      typeof value === 'object' && value !== null
        ? this.stored.get(value)
        : typeof value === 'string' && value.length >= MAX_INLINE
          ? this.texts.get(value)
          : undefined;
    return found?.owner === owner.id ? found : undefined;
  }

  private async largeOf({ workspaceId }: Owner, value: unknown): Promise<Omit<Large, 'at' | 'value'> | undefined> {
    const text = JSON.stringify(value) ?? '';
    if (text.length <= MAX_INLINE) return undefined;
    const box = await this.keys.boxOf(workspaceId);
    // The same value in another place is the same blob.
    const id = box.fingerprint(text).toString('hex').slice(0, 32);
    return { id, bytes: Buffer.byteLength(text), text };
  }

  private async store(owner: Owner, found: readonly Large[]): Promise<void> {
    const box = await this.keys.boxOf(owner.workspaceId);
    const blobs = new Map<string, Blob>();
    for (const { id, bytes, text } of found) {
      if (text === undefined || blobs.has(id) || this.cache.has(placeOf(owner, id))) continue;
      const sealed = sealedBytes(box, text, placeOf(owner, id));
      blobs.set(id, { executionId: owner.id, id, workspaceId: owner.workspaceId, bytes, sealed });
    }
    if (blobs.size > 0) await this.blobs.add([...blobs.values()]);
    for (const one of found) this.remember(owner, one, one.value);
  }

  private remember(owner: Owner, { id, bytes }: { id: string; bytes: number }, value: unknown): void {
    this.cache.set(placeOf(owner, id), { value }, { size: bytes });
    const stored = { owner: owner.id, id, bytes };
    if (typeof value === 'object' && value !== null) this.stored.set(value, stored);
    if (typeof value === 'string') this.texts.set(value, stored);
  }
}

/** What stands for a large value in answers and events. */
function shownAs(reference: { id: string; bytes: number }): object {
  return { $payload: reference };
}

export function isShownReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$payload' in value;
}

function placeOf({ id, workspaceId }: Owner, blob: string): string {
  return `blobs/${workspaceId}/${id}/${blob}`;
}
