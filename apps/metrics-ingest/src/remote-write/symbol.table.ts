import { ServiceError } from '@scm/contracts';
import type { LabelPair } from '../ingest/identity.js';

/** What all that is said with the symbols may take together: a small body can refer to a long one very often. */
const MAX_CHARACTERS = 134_217_728;

/** The texts of a request, by their place. Throws for references to none. */
export class SymbolTable {
  private readonly symbols: string[] = [];
  private said = 0;

  add(symbol: string): void {
    if (this.symbols.length === 0 && symbol !== '') throw broken('the first symbol must be empty');
    this.symbols.push(symbol);
  }

  text(ref: number): string {
    const symbol = this.symbols[ref];
    if (symbol === undefined) throw broken(`a reference to symbol ${ref}, of ${this.symbols.length}`);
    this.said += symbol.length;
    if (this.said > MAX_CHARACTERS)
      throw new ServiceError('PAYLOAD_TOO_LARGE', 'the labels of all series are too much');
    return symbol;
  }

  pairs(refs: readonly number[]): LabelPair[] {
    if (refs.length % 2 === 1) throw broken('a reference to a label without a value');
    const pairs: LabelPair[] = [];
    for (let i = 0; i < refs.length; i += 2) pairs.push([this.text(refs[i] ?? 0), this.text(refs[i + 1] ?? 0)]);
    return pairs;
  }
}

function broken(message: string): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', message);
}
