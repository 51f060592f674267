/** Names that clients take: letters, digits, `-` and single `_` (two part a namespace from a name), each given once. */
export class Names {
  private readonly given = new Set<string>();

  constructor(private readonly maxLength: number) {}

  /** A name like the wanted one. */
  give(wanted: string): string {
    const legal = wanted.replaceAll(/[^A-Za-z0-9-]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'unnamed';
    let name = legal.slice(0, this.maxLength);
    for (let n = 2; this.given.has(name); n++) name = `${legal.slice(0, this.maxLength - `_${n}`.length)}_${n}`;
    this.given.add(name);
    return name;
  }
}
