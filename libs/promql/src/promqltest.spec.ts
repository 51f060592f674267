import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';
import { skipUnless } from '@scm/testing';
import { runScript } from './testing/run-script.js';

const corpus = path.resolve(import.meta.dirname, '../../../../shared/corpora/promql/promqltest');
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith('.test')) : [];

/** Evaluations of the corpus that are not run, with why; those on native histograms are found by their data. */
const skips = new Map([['count_values("a\\xc5z", version)', 'texts are characters, not bytes']]);

const run = skipUnless(files.length > 0, 'upstream’s PromQL tests are not on this machine');
for (const file of files.length > 0 ? files : ['promqltest']) {
  run(`answers as upstream expects in ${file}`, () => {
    const { passed, failed, skipped } = runScript(file, readFileSync(path.join(corpus, file), 'utf8'), skips);
    const causes = [...skipped].map(([cause, count]) => `${count} ${cause}`).join(', ') || '0';
    process.stderr.write(`${file}: ${passed} passed, ${failed.length} failed, skipped: ${causes}\n`);
    expect(failed).toEqual([]);
  });
}
