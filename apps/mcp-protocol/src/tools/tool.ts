import type { ClassConstructor, Permission } from '@scm/contracts';

/** What an agent may be told of a tool's effects. */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint?: boolean;
}

/** One tool. Its permission is the one REST asks for the same thing; a tool without one prevents boot. */
export interface Tool<Input extends object = object> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: ClassConstructor<Input>;
  readonly access: Permission;
  readonly annotations: ToolAnnotations;
  /** Works as the caller of the running message. @returns what the agent gets, as one JSON object. */
  run(input: Input): Promise<object>;
}
