/** What an operator does with two numbers: it computes a number, or decides. */
export interface BinaryOperator {
  readonly compute?: (a: number, b: number) => number;
  readonly compare?: (a: number, b: number) => boolean;
}

export const binaryOperators: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ['+', { compute: (a, b) => a + b }],
  ['-', { compute: (a, b) => a - b }],
  ['*', { compute: (a, b) => a * b }],
  ['/', { compute: (a, b) => a / b }],
  ['%', { compute: (a, b) => a % b }],
  ['^', { compute: power }],
  ['atan2', { compute: Math.atan2 }],
  ['==', { compare: (a, b) => a === b }],
  ['!=', { compare: (a, b) => a !== b }],
  ['>', { compare: (a, b) => a > b }],
  ['<', { compare: (a, b) => a < b }],
  ['>=', { compare: (a, b) => a >= b }],
  ['<=', { compare: (a, b) => a <= b }],
]);

/** As IEEE 754 has it: one to any power is one, and minus one to an infinite power too. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}
