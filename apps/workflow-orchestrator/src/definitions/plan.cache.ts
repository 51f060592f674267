import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ServiceError } from '@scm/contracts';
import { DefinitionRepository } from './definition.repository.js';
import { planOf, type Plan } from '../machine/plan.js';
import { builtInPlan } from './built-in.js';

/** Plans by workspace, name and version. Versions never change, so a plan is never stale. */
@Injectable()
export class PlanCache {
  private readonly plans = new LRUCache<string, Promise<Plan>>({ max: 1_000 });

  constructor(private readonly definitions: DefinitionRepository) {}

  async get(workspaceId: string, name: string, version: string): Promise<Plan> {
    const builtIn = builtInPlan(name, version);
    if (builtIn) return builtIn;
    const key = `${workspaceId}/${name}/${version}`;
    const known = this.plans.get(key);
    if (known) return known;
    const plan = this.read(workspaceId, name, version);
    this.plans.set(key, plan);
    plan.catch(() => this.plans.delete(key));
    return plan;
  }

  private async read(workspaceId: string, name: string, version: string): Promise<Plan> {
    const found = await this.definitions.find(workspaceId, name, version);
    if (!found) throw new ServiceError('NOT_FOUND', `no workflow ${name} ${version}`);
    return planOf(found.document);
  }
}
