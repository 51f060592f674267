import { createHash } from 'node:crypto';
import { preparsePolicySet, preparseSchema, statefulIsAuthorized, validate } from '@cedar-policy/cedar-wasm/nodejs';
import { isPermission, permissions, ServiceError, type Access, type Actor, type Permission } from '@scm/contracts';
import { LRUCache } from 'lru-cache';
import { entitiesOf } from './entities.js';
import { perActor } from './per-actor.js';
import * as shipped from './policies.cedar.js';

/** What a call touches. Without a type and id it is the workspace's collection as a whole. */
export interface Resource {
  workspaceId: string;
  type?: string;
  id?: string;
}

export interface Question {
  actor: Actor;
  permission: Permission;
  resource: Resource;
  /** The call's arguments, for policies that judge them (see the schema). */
  arguments?: Readonly<Record<string, unknown>>;
}

/** The answer, with the ids of the policies that decided it: none when nothing permits the call. */
export interface Decision {
  allowed: boolean;
  reasons: readonly string[];
}

/** The one policy that every door asks. It keeps no state but a bounded cache of its own decisions. */
export class Policy {
  private readonly decisions = new LRUCache<string, Decision>({ max: 10_000 });
  private preparsedId?: string;
  private readonly judgesArguments: boolean;

  /** Throws when a policy does not parse or, unless it is a shipped one, does not fit the schema. */
  constructor(private readonly policies: Readonly<Record<string, string>> = shipped.policies) {
    // That the shipped ones fit is a matter of tests, not of every boot: it takes a tenth of a second.
    if (policies !== shipped.policies) assertFitsSchema(policies);
    this.judgesArguments = Object.values(policies).some((text) => /\b(has|get)Tag\b/.test(text));
  }

  decide(question: Question): Decision {
    if (this.judgesArguments && question.arguments !== undefined) return this.evaluate(question);
    const key = cacheKey(question);
    const known = this.decisions.get(key);
    if (known !== undefined) return known;
    const decision = this.evaluate(question);
    this.decisions.set(key, decision);
    return decision;
  }

  /**
   * Lets the call pass or throws UNAUTHENTICATED or PERMISSION_DENIED. Unless a resource is named, the call touches the
   * actor's own workspace.
   */
  authorize(
    access: Access,
    actor: Actor | undefined,
    target: Partial<Pick<Question, 'resource' | 'arguments'>> = {},
  ): void {
    if (access === 'public') return;
    if (actor === undefined) throw new ServiceError('UNAUTHENTICATED', 'This needs credentials');
    if (access === 'authenticated') return;
    const allowed = isPermission(access)
      ? this.decide({ resource: { workspaceId: actor.workspaceId }, ...target, actor, permission: access }).allowed
      : actor.kind === 'service';
    if (!allowed) throw new ServiceError('PERMISSION_DENIED', `This needs the permission ${access}`);
  }

  /** What the actor may do in its own workspace, whatever the arguments. */
  readonly permissionsOf = perActor((actor): readonly Permission[] => {
    const resource = { workspaceId: actor.workspaceId };
    return permissions.filter((permission) => this.decide({ actor, permission, resource }).allowed);
  });

  private evaluate(question: Question): Decision {
    // Parsed when first asked: a service is ready before it is asked.
    const parsed = (this.preparsedId ??= preparse(this.policies));
    const answer = statefulIsAuthorized({
      ...entitiesOf(question),
      action: { type: 'Action', id: question.permission },
      context: {},
      preparsedSchemaName: parsed,
      preparsedPolicySetId: parsed,
      validateRequest: true,
    });
    if (answer.type === 'failure') throw new Error(messages(answer.errors));
    const { decision, diagnostics } = answer.response;
    // A policy that fails to evaluate does not count in Cedar; if it was a forbid, ignoring it would open a door.
    if (diagnostics.errors.length > 0) return { allowed: false, reasons: diagnostics.errors.map((e) => e.policyId) };
    return Object.freeze({ allowed: decision === 'allow', reasons: Object.freeze(diagnostics.reason) });
  }
}

/** Throws when a policy names what the schema does not know. */
export function assertFitsSchema(policies: Readonly<Record<string, string>>): void {
  const check = validate({ schema: shipped.schema, policies: { staticPolicies: { ...policies } } });
  if (check.type === 'failure') throw new Error(messages(check.errors));
  const faults = [...check.validationErrors, ...check.validationWarnings];
  if (faults.length > 0) throw new Error(faults.map((f) => `policy ${f.policyId}: ${f.error.message}`).join('; '));
}

/** Parses once; returns the name under which Cedar keeps the result. */
function preparse(policies: Readonly<Record<string, string>>): string {
  const policySet = { staticPolicies: { ...policies } };
  const id = createHash('sha256').update(JSON.stringify(policies)).digest('hex');
  for (const step of [preparseSchema(id, shipped.schema), preparsePolicySet(id, policySet)]) {
    if (step.type === 'failure') throw new Error(messages(step.errors));
  }
  return id;
}

// Everything a policy can see but the arguments.
function cacheKey({ actor, permission, resource }: Question): string {
  const { workspaceId, type, id } = resource;
  const what = type === undefined && id === undefined ? workspaceId : JSON.stringify([workspaceId, type, id]);
  return `${who(actor)}\n${permission}\n${what}`;
}

const who = perActor(({ kind, id, role, workspaceId }) => JSON.stringify([kind, id, role, workspaceId]));

function messages(errors: readonly { message: string }[]): string {
  return errors.map((error) => error.message).join('; ');
}
