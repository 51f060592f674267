import type { Builtin } from '../builtins.js';

/** A filter that makes one value of its input and the values of its arguments. */
export function plain(make: (input: unknown, ...args: unknown[]) => unknown): Builtin {
  return {
    apply(args, { input, emit, call }) {
      const each = (index: number, values: unknown[]): void => {
        const arg = args[index];
        if (!arg) return emit(make(input, ...values), null);
        call(arg, input, null, (value) => each(index + 1, [...values, value]));
      };
      each(0, []);
    },
  };
}
