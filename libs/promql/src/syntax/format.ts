import { METRIC_NAME } from '../values/label-set.js';
import type {
  Aggregate,
  At,
  Binary,
  Duration,
  DurationCalculation,
  Expr,
  Matching,
  Modifiers,
  VectorSelector,
} from './ast.js';
import { plainNumber } from './plain-number.js';
import { formatDuration } from './duration-text.js';

/** The expression in one line, as Prometheus writes it. */
export function formatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.isDuration ? formatDuration(expr.value * 1_000) : plainNumber(expr.value);
    case 'string':
      return JSON.stringify(expr.value);
    case 'paren':
      return `(${formatExpr(expr.inner)})`;
    case 'unary':
      return `${expr.operator}${formatExpr(expr.inner)}`;
    case 'call':
      return `${expr.name}(${expr.args.map(formatExpr).join(', ')})`;
    case 'aggregate': {
      const args = [...(expr.param ? [expr.param] : []), expr.inner].map(formatExpr);
      return `${aggregateHead(expr)}(${args.join(', ')})`;
    }
    case 'binary':
      return `${formatExpr(expr.left)} ${binaryOperator(expr)} ${formatExpr(expr.right)}`;
    case 'vector-selector':
      return selectorText(expr) + atText(expr.at) + extensionText(expr) + offsetText(expr);
    case 'matrix-selector': {
      const { selector } = expr;
      const range = `[${durationText(expr.range)}]`;
      return selectorText(selector) + range + extensionText(selector) + atText(selector.at) + offsetText(selector);
    }
    case 'subquery':
      return formatExpr(expr.inner) + subqueryTail(expr);
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}

export function aggregateHead({ operator, grouping }: Aggregate): string {
  if (!grouping || (!grouping.without && grouping.labels.length === 0)) return operator;
  return `${operator} ${grouping.without ? 'without' : 'by'} (${labelList(grouping.labels)}) `;
}

export function binaryOperator({ operator, isBool, matching }: Binary): string {
  return `${operator}${isBool ? ' bool' : ''}${matchingText(matching)}`;
}

export function subqueryTail({ range, step, at, offset }: { range: Duration; step?: Duration } & Modifiers): string {
  return `[${durationText(range)}:${step ? durationText(step) : ''}]${atText(at)}${offsetText({ offset })}`;
}

function matchingText({ on, labels, group, include, fillLeft, fillRight }: Matching): string {
  let text = on || labels.length > 0 || group ? ` ${on ? 'on' : 'ignoring'} (${labelList(labels)})` : '';
  if (group) text += ` group_${group} (${labelList(include)})`;
  if (fillLeft !== undefined && fillLeft === fillRight) return `${text} fill (${fillLeft})`;
  if (fillLeft !== undefined) text += ` fill_left (${fillLeft})`;
  if (fillRight !== undefined) text += ` fill_right (${fillRight})`;
  return text;
}

function selectorText({ name = '', matchers }: VectorSelector): string {
  const own = matchers.filter((one) => !(one.label === METRIC_NAME && one.operator === '=' && one.value === name));
  const texts = own.map(({ label, operator, value }) => `${labelText(label)}${operator}${JSON.stringify(value)}`);
  return texts.length === 0 ? name : `${name}{${texts.sort().join(',')}}`;
}

function labelList(labels: readonly string[]): string {
  return labels.map(labelText).join(', ');
}

function labelText(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label);
}

function atText(at: At | undefined): string {
  if (at === undefined) return '';
  return typeof at === 'number' ? ` @ ${(at / 1_000).toFixed(3)}` : ` @ ${at}()`;
}

function extensionText({ extension }: VectorSelector): string {
  return extension ? ` ${extension}` : '';
}

function offsetText({ offset }: Modifiers): string {
  return offset && !(offset.kind === 'number' && offset.value === 0) ? ` offset ${durationText(offset)}` : '';
}

function durationText(duration: Duration): string {
  if (duration.kind === 'number') return formatDuration(Math.round(duration.value * 1_000));
  return duration.isWrapped ? `(${calculationText(duration)})` : calculationText(duration);
}

function calculationText({ operator, left, right }: DurationCalculation): string {
  const [a, b] = [left, right].map((side) => (side ? operandText(side) : '')) as [string, string];
  if (operator === 'step' || operator === 'range') return `${operator}()`;
  if (operator === 'min_of' || operator === 'max_of') return `${operator}(${a}, ${b})`;
  if (!left) return operator === '-' ? `-${b}` : b;
  return `${a} ${operator} ${b}`;
}

function operandText(side: Duration): string {
  if (side.kind === 'number' && !side.isDuration) return plainNumber(side.value);
  return durationText(side);
}
