/** No way to get a server was left; the message lists every way tried and what the user can do. */
export class NotAvailable extends Error {}

/**
 * Tries the steps in order and gives the first find, marked with the step's name (`from`).
 * @param {string} server what is looked for, for the message
 * @param {[name: string, step: () => Promise<object | undefined>][]} steps a step finds, finds nothing, or throws why not
 * @param {string[]} fixes what the user can do when all steps fail
 */
export async function climb(server, steps, fixes) {
  const tried = [];
  for (const [name, step] of steps) {
    try {
      const find = await step();
      if (find) return { ...find, from: name };
      tried.push(`${name}: not found`);
    } catch (error) {
      tried.push(`${name}: ${error.message}`);
    }
  }
  throw new NotAvailable(
    [`${server} is not available.`, ...tried.map(line('tried')), ...fixes.map(line('fix'))].join('\n'),
  );
}

const line = (head) => (text, index) => `  ${(index === 0 ? `${head}:` : '').padEnd(7)}${text}`;
