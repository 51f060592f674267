import fs from 'node:fs';

/**
 * What Linux says of every process in /proc, or of every thread in /proc/<pid>/task: `{pid, state, parent, ticks}`, ticks
 * of CPU time. What ended meanwhile is left out.
 */
export function statsIn(folder = '/proc') {
  const names = fs.readdirSync(folder).filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => statIn(`${folder}/${name}/stat`, Number(name)) ?? []);
}

/** The program's name, which may hold spaces, stands in brackets before the fields that count. */
function statIn(file, pid) {
  try {
    const text = fs.readFileSync(file, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
    return { pid, state: fields[0], parent, ticks: user + system };
  } catch {
    return undefined;
  }
}
