/** Numbers within texts count as numbers: `a2` comes before `a10`. */
export function compareNaturally(a: string, b: string): number {
  if (a === b) return 0;
  const [partsA, partsB] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(partsA.length, partsB.length); i++) {
    const [partA, partB] = [partsA[i] as string, partsB[i] as string];
    if (partA === partB) continue;
    const areNumbers = /^\d/.test(partA) && /^\d/.test(partB) && Number(partA) !== Number(partB);
    return areNumbers ? Number(partA) - Number(partB) : partA < partB ? -1 : 1;
  }
  return partsA.length - partsB.length;
}
