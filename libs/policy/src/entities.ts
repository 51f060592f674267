import type { Entities, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { roles, type Actor } from '@scm/contracts';
import type { Question } from './policy.js';

/** The principal, the resource and the role hierarchy of one question, as Cedar entities. */
export function entitiesOf(question: Question): { principal: TypeAndId; resource: TypeAndId; entities: Entities } {
  const principal = principalOf(question.actor);
  const resource = resourceOf(question);
  return { principal: principal.uid, resource: resource.uid, entities: [principal, resource, ...roleHierarchy] };
}

type Entity = EntityJson & { uid: TypeAndId };

// Each role holds all that the role before it holds.
const roleHierarchy: Entity[] = roles.map((role, rank) => ({
  uid: { type: 'Role', id: role },
  attrs: {},
  parents: roles.slice(0, rank).map((id) => ({ type: 'Role', id })),
}));

function principalOf(actor: Actor): Entity {
  const workspace = workspaceOf(actor.workspaceId);
  if (actor.kind === 'service') return { uid: { type: 'Service', id: actor.id }, attrs: { workspace }, parents: [] };
  return {
    uid: { type: 'Member', id: actor.id },
    attrs: { workspace, apiKey: actor.kind === 'api-key' },
    parents: actor.role === undefined ? [] : [{ type: 'Role', id: actor.role }],
  };
}

function resourceOf({ resource, arguments: args = {} }: Question): Entity {
  return {
    uid: { type: 'Resource', id: resource.id ?? '' },
    attrs: { workspace: workspaceOf(resource.workspaceId), kind: resource.type ?? '' },
    parents: [],
    tags: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, tagText(value)])),
  };
}

function workspaceOf(id: string): { __entity: TypeAndId } {
  return { __entity: { type: 'Workspace', id } };
}

function tagText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
