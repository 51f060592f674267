/** The syntax of jq 1.8, without modules, `input` and what else reaches outside the data. */
export type Ast =
  | { kind: 'identity' }
  | { kind: 'recurse' }
  | { kind: 'literal'; value: unknown }
  | { kind: 'text'; format?: string; parts: (string | Ast)[] }
  | { kind: 'format'; name: string }
  | { kind: 'index'; target: Ast; key: Ast; optional?: true }
  | { kind: 'slice'; target: Ast; from?: Ast; to?: Ast; optional?: true }
  | { kind: 'iterate'; target: Ast; optional?: true }
  | { kind: 'array'; items?: Ast }
  | { kind: 'object'; entries: { key: Ast; value: Ast }[] }
  | { kind: 'negate'; operand: Ast }
  | { kind: 'pipe'; left: Ast; right: Ast }
  | { kind: 'comma'; left: Ast; right: Ast }
  | { kind: 'binary'; operator: BinaryOperator; left: Ast; right: Ast }
  | { kind: 'and' | 'or' | 'alternative'; left: Ast; right: Ast }
  | { kind: 'assign'; operator: AssignOperator; left: Ast; right: Ast }
  | { kind: 'if'; condition: Ast; consequent: Ast; otherwise?: Ast }
  | { kind: 'try'; body: Ast; handler?: Ast }
  | { kind: 'reduce'; source: Ast; pattern: Pattern; start: Ast; update: Ast }
  | { kind: 'foreach'; source: Ast; pattern: Pattern; start: Ast; update: Ast; extract?: Ast }
  | { kind: 'bind'; source: Ast; patterns: Pattern[]; body: Ast }
  | { kind: 'define'; definition: Definition; body: Ast }
  | { kind: 'label'; name: string; body: Ast }
  | { kind: 'break'; name: string }
  | { kind: 'variable'; name: string }
  | { kind: 'call'; name: string; args: Ast[] };

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';
export type AssignOperator = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//=';

export type Pattern =
  | { kind: 'name'; name: string }
  | { kind: 'array'; items: Pattern[] }
  | { kind: 'object'; entries: { key: Ast; name?: string; value?: Pattern }[] };

export interface Definition {
  name: string;
  /** `$name` binds the value of the argument, `name` the filter itself. */
  parameters: string[];
  body: Ast;
}
