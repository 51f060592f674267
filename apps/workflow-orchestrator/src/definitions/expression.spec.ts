import { describe, expect, it } from '@jest/globals';
import { evaluate, ExpressionError, parseExpression } from './expression.js';

const scope = {
  data: { a: { b: [1, { c: 'x' }, 3] }, 'odd key': 2, no: false, zero: 0, nothing: null },
  variables: { input: [5, 6], context: { seen: true }, workflow: { id: 'w1' } },
};

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['.', scope.data],
    ['.a.b[0]', 1],
    ['.a.b[-1]', 3],
    ['.a["b"][1].c', 'x'],
    ['.a.["b"][0]', 1],
    ['."odd key"', 2],
    ['.["odd key"]', 2],
    ['.missing.deeper[3].still', null],
    ['.a.b[9]', null],
    ['.constructor', null],
    ['.__proto__.toString', null],
    ['$input[1]', 6],
    ['$input', [5, 6]],
    ['$context.seen', true],
    ['$workflow.id', 'w1'],
    ['[.a.b[] | numbers] | add', 4],
    ['.nothing // "none"', 'none'],
    ['.no // .zero', 0],
    ['.zero.deep? // 7', 7],
    ['.missing // .nothing // $workflow.id', 'w1'],
    ['"b is \\(.a.b[1].c), \\(.a.b[0]) and \\(.nothing)"', 'b is x, 1 and null'],
    ['"list \\($input) \\"quoted\\" \\u00e9"', 'list [5,6] "quoted" é'],
    ['" \\( .a.b[ 0 ] ) "', ' 1 '],
    ['-1.5e2', -150],
    ['true', true],
    ['null', null],
  ])('%s', (source, value) => {
    expect(evaluate(`\${ ${source} }`, scope)).toEqual(value);
  });

  it.each(['', '.a[', '.a[b]', '.a[1', '.a +', '"open', '"\\(.a"', '"\\x"', 'alert(1)', '.a.b()', '1 2', '.a //'])(
    'that does not parse is refused: %s',
    (source) => {
      expect(() => parseExpression(source)).toThrow(ExpressionError);
    },
  );

  it.each(['.a.b.c', '.zero.x', '.a[0]', '$input.x', '$secret.x', '."odd key"[0]'])(
    'into a wrong kind fails: %s',
    (source) => {
      expect(() => evaluate(`\${ ${source} }`, scope)).toThrow(ExpressionError);
    },
  );
});

it('has a greatest length', () => {
  expect(() => parseExpression(`.${'a'.repeat(9_000)}`)).toThrow(/at most 8192/);
});

describe('evaluate', () => {
  it('replaces expressions at any depth and leaves the rest', () => {
    const template = {
      x: '${ .a.b[0] }',
      list: ['${ $workflow.id }', '$plain', '{ .a }', 4],
      deep: { y: ' ${.zero} ' },
    };
    expect(evaluate(template, scope)).toEqual({ x: 1, list: ['w1', '$plain', '{ .a }', 4], deep: { y: 0 } });
  });

  it('ends growth before memory does', () => {
    const big = { data: 'x'.repeat(100_000), variables: {} };
    expect(evaluate(['${ . }', '${ . }'], big)).toHaveLength(2);
    expect(() => evaluate(Array(3).fill('${ . }'), big)).toThrow(/more than 262144/);
    expect(() => evaluate(`\${ "${'\\(.)'.repeat(100)}" }`, big)).toThrow(/at most 262144/);
    const deep = Array.from({ length: 45 }).reduce((inner) => [inner], 1);
    expect(() => evaluate('${ . }', { data: deep, variables: {} })).toThrow(/deeper/);
  });
});
