import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AstBuilder, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import { parse } from 'yaml';

export interface Phrase {
  text: string;
  /** The YAML below it. */
  data: unknown;
}

export interface Scenario {
  name: string;
  phrases: Phrase[];
}

/** Every scenario of the feature files of a folder. */
export function readScenarios(folder: string): Scenario[] {
  const parser = new Parser(new AstBuilder(IdGenerator.uuid()), new GherkinClassicTokenMatcher());
  return readdirSync(folder)
    .filter((file) => file.endsWith('.feature'))
    .flatMap((file) => {
      const { feature } = parser.parse(readFileSync(join(folder, file), 'utf8'));
      return (feature?.children ?? []).flatMap(({ scenario }) =>
        scenario
          ? [
              {
                name: `${feature?.name} / ${scenario.name}`,
                phrases: scenario.steps.map(({ text, docString }) => ({
                  text: text.trim(),
                  data: docString && (parse(docString.content) as unknown),
                })),
              },
            ]
          : [],
      );
    });
}
