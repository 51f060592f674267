import { Injectable } from '@nestjs/common';
import type { BadLabels, Identity } from './identity.js';

type Found = Identity | BadLabels;
type Generation = Map<string, Map<string, Found>>;

/** Characters of the keys of one generation, about a fifth of what it takes in memory. */
const MAX_CHARACTERS = 16_777_216;

/**
 * What labels were last found to be, by their bytes or whatever else tells a sender's series apart: most samples belong to
 * series that were there a moment ago. Two generations: what was not asked for while one filled is forgotten.
 */
@Injectable()
export class IdentityCache {
  private young: Generation = new Map();
  private old: Generation = new Map();
  private characters = 0;

  find(workspaceId: string, key: string, make: () => Found): Found {
    const known = this.young.get(workspaceId)?.get(key);
    if (known) return known;
    const found = this.old.get(workspaceId)?.get(key) ?? make();
    this.keep(workspaceId, key, found);
    return found;
  }

  clear(): void {
    this.young = new Map();
    this.old = new Map();
    this.characters = 0;
  }

  private keep(workspaceId: string, key: string, found: Found): void {
    this.characters += key.length;
    if (this.characters > MAX_CHARACTERS) {
      this.old = this.young;
      this.young = new Map();
      this.characters = key.length;
    }
    const known = this.young.get(workspaceId) ?? new Map<string, Found>();
    this.young.set(workspaceId, known.set(key, found));
  }
}
