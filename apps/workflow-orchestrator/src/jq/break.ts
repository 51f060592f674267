/** Ends a `label` early. */
export class Break {
  constructor(readonly label: object) {}
}

/** Ends early when `work` calls `stop`. */
export function breakable(work: (stop: () => never) => void): void {
  const label = {};
  try {
    work(() => {
      throw new Break(label);
    });
  } catch (error) {
    if (!(error instanceof Break) || error.label !== label) throw error;
  }
}
