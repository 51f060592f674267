import { expect, it } from '@jest/globals';
import { packages, root, sourcesIn } from './source-tree.js';

it('keeps source files small: median at most 50 lines, p90 at most 160, none over 350', () => {
  const tools = sourcesIn(`${root}/tools`, /\.mjs$/);
  const files = [...packages().flatMap((p) => p.sources), ...tools]
    .filter((s) => !s.isTest && !/\/migrations\/|\.migration\.ts$|\/index\.ts$/.test(s.path))
    .sort((a, b) => a.lines - b.lines);
  const at = (share: number) => files[Math.min(files.length - 1, Math.floor(files.length * share))];
  const [median, p90, max] = [at(0.5)?.lines ?? 0, at(0.9)?.lines ?? 0, files.at(-1)];
  process.stderr.write(
    `size budget: ${files.length} files, median ${median}, p90 ${p90}, max ${max?.lines} (${max?.path})\n`,
  );
  expect(median).toBeLessThanOrEqual(50);
  expect(p90).toBeLessThanOrEqual(160);
  expect(max?.lines).toBeLessThanOrEqual(350);
});
