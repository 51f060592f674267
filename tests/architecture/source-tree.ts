import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** One package of the workspace. */
export interface Package {
  /** Without the scope. */
  name: string;
  folder: string;
  kind: 'app' | 'lib';
  dependencies: string[];
  sources: SourceFile[];
}

export interface SourceFile {
  /** From the root of the repository. */
  path: string;
  text: string;
  lines: number;
  isTest: boolean;
}

export function packages(): Package[] {
  return (['libs', 'apps'] as const).flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => {
      const folder = join(root, parent, name);
      const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        dependencies?: Record<string, string>;
      };
      const kind = parent === 'apps' ? 'app' : 'lib';
      return { name, folder, kind, dependencies: Object.keys(dependencies), sources: sourcesIn(join(folder, 'src')) };
    }),
  );
}

export function sourcesIn(folder: string, ending = /\.ts$/): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      return {
        path: relative(root, path),
        text,
        lines: text.split('\n').length - 1,
        isTest: entry.name.includes('.spec.') || entry.parentPath.endsWith('/src/testing'),
      };
    });
}

/** The modules a file imports, as written. */
export function importsOf({ text }: SourceFile): string[] {
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...statements].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '');
}

/** The package of an import: `@scope/name/deep` and `name/deep` without what is deep. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
