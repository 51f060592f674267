type OfNumber = (value: number) => number;

/** Functions that make one number of each number. */
export const elementwise: ReadonlyMap<string, OfNumber> = new Map<string, OfNumber>([
  ...(
    [
      'abs',
      'acos',
      'acosh',
      'asin',
      'asinh',
      'atan',
      'atanh',
      'ceil',
      'cos',
      'cosh',
      'exp',
      'floor',
      'log10',
      'log2',
      'sin',
      'sinh',
      'sqrt',
      'tan',
      'tanh',
    ] as const
  ).map((name) => [name, Math[name]] as const),
  ['ln', Math.log],
  ['deg', (value) => (value * 180) / Math.PI],
  ['rad', (value) => (value * Math.PI) / 180],
  ['sgn', (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
]);
