import type { Ast } from './ast.js';
import { builtinOf } from './builtins.js';
import { ExpressionError } from './expression-error.js';

/** Throws ExpressionError when a program calls a filter that is not defined: that is known before it runs. */
export function assertDefined(ast: Ast, known: ReadonlySet<string> = new Set()): void {
  if (ast.kind === 'call') {
    const name = `${ast.name}/${ast.args.length}`;
    if (!known.has(name) && !builtinOf(ast.name, ast.args.length)) throw new ExpressionError(`${name} is not defined`);
  }
  if (ast.kind === 'define') {
    const { name, parameters, body } = ast.definition;
    const own = new Set([...known, `${name}/${parameters.length}`]);
    assertDefined(body, new Set([...own, ...parameters.map((parameter) => `${parameter.replace('$', '')}/0`)]));
    return assertDefined(ast.body, own);
  }
  for (const inner of programsIn(ast)) assertDefined(inner, known);
}

/** Every program directly within; a literal's value is data. */
function programsIn(value: object): Ast[] {
  if ('kind' in value && value.kind === 'literal') return [];
  return Object.values(value).flatMap((inner: unknown) => {
    if (typeof inner !== 'object' || inner === null) return [];
    return isProgram(inner) ? [inner] : programsIn(inner);
  });
}

/** Patterns look like programs, and hold programs only as keys. */
function isProgram(value: object): value is Ast {
  if (!('kind' in value) || value.kind === 'name') return false;
  return !(value.kind === 'array' && 'items' in value && Array.isArray(value.items)) && !isObjectPattern(value);
}

function isObjectPattern(value: object): boolean {
  const { kind, entries } = value as { kind?: unknown; entries?: { value?: unknown; name?: unknown }[] };
  const [first] = entries ?? [];
  return (
    kind === 'object' &&
    first !== undefined &&
    (first.value === undefined || 'name' in first || !isProgram(first.value as object))
  );
}
