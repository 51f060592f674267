/** Where and why a text is not what it should be. */
export class SyntaxFault extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(`${message} (at character ${at + 1})`);
  }
}

const SPACE = /(?:\s|#[^\n]*)*/y;

/** Reads a text from left to right; spaces and comments between tokens are passed over. */
export class Scanner {
  position = 0;

  constructor(readonly text: string) {
    this.skipSpace();
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.position);
  }

  /** The token a sticky pattern finds here, if it does. */
  take(pattern: RegExp): string | undefined {
    const token = this.peek(pattern);
    if (token === undefined) return undefined;
    this.position += token.length;
    this.skipSpace();
    return token;
  }

  peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    return pattern.exec(this.text)?.[0] || undefined;
  }

  expect(pattern: RegExp, what: string): string {
    return this.take(pattern) ?? this.fail(`${what} is expected, found ${this.found()}`);
  }

  fail(message: string): never {
    throw new SyntaxFault(message, this.position);
  }

  found(): string {
    return this.atEnd ? 'the end' : JSON.stringify(this.rest.slice(0, 16));
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.position;
    this.position += SPACE.exec(this.text)?.[0].length ?? 0;
  }
}
