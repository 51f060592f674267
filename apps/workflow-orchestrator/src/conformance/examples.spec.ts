import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { skipUnless } from '@scm/testing';
import { readDocument } from '../definitions/document.js';
import { planOf } from '../machine/plan.js';

const corpus = join(import.meta.dirname, '../../../../../shared/corpora/open-workflow');
const present = existsSync(corpus);
const filesIn = (folder: string) =>
  present
    ? readdirSync(join(corpus, folder), { recursive: true, encoding: 'utf8' }).filter((f) => /\.ya?ml$/.test(f))
    : [];
const read = (folder: string, file: string) => readDocument(readFileSync(join(corpus, folder, file), 'utf8'));

describe('the examples of the Open Workflow Specification', () => {
  const it = skipUnless(present, 'the examples are not on this machine');
  it('are as many as there were', () =>
    expect([filesIn('examples').length, filesIn('invalid-and-valid/invalid').length]).toEqual([68, 3]));
  for (const file of filesIn('examples')) it(`${file} is valid`, () => void planOf(read('examples', file)));
  for (const file of filesIn('invalid-and-valid/invalid')) {
    it(`${file} is refused`, () => expect(() => read('invalid-and-valid/invalid', file)).toThrow());
  }
});
