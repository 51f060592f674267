/** The first `1.2` or `1.2.3` in a text, as a program prints it for --version; undefined when there is none. */
export const versionIn = (text) => /\d+\.\d+(\.\d+)?/.exec(text)?.[0];

/** Whether dotted version `version` is `least` or newer; missing parts count as 0. */
export function atLeast(version, least) {
  const wanted = least.split('.').map(Number);
  const found = version.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const difference = (found[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
