import { Injectable } from '@nestjs/common';
import type { LabelBudgets } from '../cardinality/label.budgets.js';
import { CardinalityGuard } from '../cardinality/cardinality.guard.js';
import { isBad, type BadLabels, type Identity } from './identity.js';

type Found = Identity | BadLabels;
type Generation = Map<LabelBudgets, Map<string, Found>>;

/** Characters of the keys of one generation, about a tenth of what it takes in memory. */
const MAX_CHARACTERS = 8_388_608;

/** Finds the series of what tells a sender's series apart: the bytes of its labels, or whatever stands for them. */
export interface Identities {
  find(key: string, make: () => Found): Found;
}

/**
 * What labels were last found to be: most samples belong to series that were there a moment ago. Two generations: what was
 * not asked for while one filled is forgotten. What is remembered of a workspace lasts as long as its budgets.
 */
@Injectable()
export class IdentityCache {
  private young: Generation = new Map();
  private old: Generation = new Map();
  private characters = 0;

  constructor(private readonly guard: CardinalityGuard) {}

  async of(workspaceId: string): Promise<Identities> {
    const budgets = await this.guard.of(workspaceId);
    return { find: (key, make) => this.find(budgets, key, make) };
  }

  private find(budgets: LabelBudgets, key: string, make: () => Found): Found {
    const known = this.young.get(budgets)?.get(key);
    if (known) return known;
    const found = this.old.get(budgets)?.get(key) ?? folded(make(), budgets);
    this.keep(budgets, key, found);
    return found;
  }

  private keep(budgets: LabelBudgets, key: string, found: Found): void {
    this.characters += key.length;
    if (this.characters > MAX_CHARACTERS) {
      this.old = this.young;
      this.young = new Map();
      this.characters = key.length;
    }
    const known = this.young.get(budgets) ?? new Map<string, Found>();
    this.young.set(budgets, known.set(key, found));
  }
}

function folded(found: Found, budgets: LabelBudgets): Found {
  return isBad(found) ? found : budgets.fold(found);
}
