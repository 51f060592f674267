import type { Aggregate, Binary, Call, Expr, Span, ValueType } from './ast.js';
import { comparisonOperators, histogramOperators, setOperators } from './operators.js';
import { parseError } from './promql-error.js';
import { signatures, type Signature } from './signatures.js';
import { typeName, typeOf } from './types.js';

/** Throws a PromqlError for what is well written but has no meaning, in Prometheus's words. */
export function check(source: string, expr: Expr): void {
  const fail = (at: Span, message: string): never => {
    throw parseError(source, at.from, message);
  };
  visit(expr, fail);
}

type Fail = (at: Span, message: string) => never;

function visit(expr: Expr, fail: Fail): void {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'matrix-selector':
      return;
    case 'vector-selector':
      if (expr.matchers.every(({ test }) => test(''))) {
        fail(expr, 'vector selector must contain at least one non-empty matcher');
      }
      return;
    case 'paren':
      return visit(expr.inner, fail);
    case 'unary':
      visit(expr.inner, fail);
      if (!isNumeric(typeOf(expr.inner))) {
        const got = JSON.stringify(typeName(typeOf(expr.inner)));
        fail(expr, `unary expression only allowed on expressions of type scalar or instant vector, got ${got}`);
      }
      return;
    case 'subquery':
      visit(expr.inner, fail);
      if (typeOf(expr.inner) !== 'vector') {
        fail(expr, `subquery is only allowed on instant vector, got ${typeOf(expr.inner)} instead`);
      }
      return;
    case 'aggregate':
      return checkAggregate(expr, fail);
    case 'call':
      return checkCall(expr, fail);
    case 'binary':
      return checkBinary(expr, fail);
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}

function checkAggregate({ operator, param, inner }: Aggregate, fail: Fail): void {
  expectType(inner, 'vector', 'aggregation expression', fail);
  if (param) expectType(param, operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter', fail);
}

function expectType(expr: Expr, wanted: ValueType, where: string, fail: Fail): void {
  visit(expr, fail);
  const type = typeOf(expr);
  if (type !== wanted) fail(expr, `expected type ${typeName(wanted)} in ${where}, got ${typeName(type)}`);
}

function checkCall(call: Call, fail: Fail): void {
  const { name, args } = call;
  const signature = signatures.get(name) ?? fail(call, `unknown function with name ${JSON.stringify(name)}`);
  checkCount(call, signature, fail);
  args.forEach((arg, i) => {
    if (name === 'info' && i === 1) return checkInfoSelector(arg, fail);
    const wanted = signature.args[i] ?? (signature.args.at(-1) as ValueType);
    expectType(arg, wanted, `call to function ${JSON.stringify(name)}`, fail);
  });
}

function checkCount(call: Call, { args: { length: listed }, variadic }: Signature, fail: Fail): void {
  const given = call.args.length;
  const where = `in call to ${JSON.stringify(call.name)}, got ${given}`;
  if (variadic === 0 && given !== listed) fail(call, `expected ${listed} argument(s) ${where}`);
  if (variadic === 0) return;
  const [least, most] = [listed - 1, variadic < 0 ? Infinity : listed - 1 + variadic];
  if (given < least) fail(call, `expected at least ${least} argument(s) ${where}`);
  if (given > most) fail(call, `expected at most ${most} argument(s) ${where}`);
}

function checkInfoSelector(arg: Expr, fail: Fail): void {
  if (arg.kind !== 'vector-selector') fail(arg, 'expected label selectors only');
  else if (arg.name !== undefined) fail(arg, 'expected label selectors only, got vector selector instead');
}

function checkBinary(expr: Binary, fail: Fail): void {
  const { operator, left, right, isBool, matching } = expr;
  visit(left, fail);
  visit(right, fail);
  const [leftType, rightType] = [typeOf(left), typeOf(right)];
  const isComparison = comparisonOperators.has(operator);
  const isSet = setOperators.has(operator);
  for (const [side, type] of [[left, leftType] as const, [right, rightType] as const]) {
    if (!isNumeric(type)) fail(side, 'binary expression must contain only scalar and instant vector types');
  }
  const areScalars = leftType === 'scalar' && rightType === 'scalar';
  if (isBool && !isComparison) fail(expr, 'bool modifier can only be used on comparison operators');
  if (isComparison && !isBool && areScalars) fail(expr, 'comparisons between scalars must use BOOL modifier');
  if (areScalars && histogramOperators.has(operator))
    fail(expr, `operator ${JSON.stringify(operator)} not allowed for Scalar operations`);
  const both = matching.labels.find((label) => matching.on && matching.include.includes(label));
  if (both !== undefined) fail(expr, `label ${JSON.stringify(both)} must not occur in ON and GROUP clause at once`);
  const fills = matching.fillLeft !== undefined || matching.fillRight !== undefined;
  if (leftType !== 'vector' || rightType !== 'vector') {
    if (matching.labels.length > 0) fail(expr, 'vector matching only allowed between instant vectors');
    if (fills) fail(expr, 'filling in missing series only allowed between instant vectors');
    if (isSet) fail(expr, `set operator ${JSON.stringify(operator)} not allowed in binary scalar expression`);
  } else if (isSet) {
    if (matching.group) fail(expr, `no grouping allowed for ${JSON.stringify(operator)} operation`);
    if (fills) fail(expr, 'filling in missing series not allowed for set operators');
  }
}

function isNumeric(type: ValueType): boolean {
  return type === 'scalar' || type === 'vector';
}
