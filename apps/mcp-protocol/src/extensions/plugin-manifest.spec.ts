import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Plugin } from './plugin.js';
import { readPlugins } from './plugin-files.js';
import { readManifest } from './plugin-manifest.js';

const good = { id: 'vendor.example/name', version: '1' };
const schemas = { params: { type: 'object' }, result: { type: 'object' } };
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function folderOf(plugins: Record<string, Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'scm-plugins-'));
  folders.push(folder);
  for (const [name, files] of Object.entries(plugins)) {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  }
  return folder;
}

describe('a manifest', () => {
  it.each<[string, object, string]>([
    ['an id without a vendor', { id: 'name' }, 'id'],
    ['no version', { version: undefined }, 'version'],
    ['an unknown permission', { permissions: ['files:read'] }, 'permissions'],
    ['a host that is none', { permissions: ['fetch:*'] }, 'permissions'],
    ['an unknown revision', { revisions: ['2023-01-01'] }, 'revisions'],
    ['an unknown stage', { hooks: [{ stage: 'x', direction: 'toClient', methods: [] }] }, 'hooks.0.stage'],
    ['too much time', { limits: { timeMs: 60_000 } }, 'limits.timeMs'],
    ['an unknown field', { autorun: true }, 'autorun'],
    ['a module elsewhere', { module: '../x.js' }, 'module'],
    ['a method of another vendor', { methods: { 'other.example/x': schemas } }, 'methods.other.example/x'],
    ['a method of the protocol', { methods: { 'tools/call': schemas } }, 'methods.tools/call'],
    [
      'a method without a result',
      { methods: { 'vendor.example/x': { params: {} } } },
      'methods.vendor.example/x.result',
    ],
  ])('with %s is refused by its place', (_, change, path) => {
    const read = () => readManifest(JSON.stringify({ ...good, ...change }));
    expect(read).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: [expect.objectContaining({ path })] }),
    );
  });

  it('with a schema that is none makes no plugin', () => {
    const methods = { 'vendor.example/x': { ...schemas, params: { type: 'nothing' } } };
    const files = { manifest: readManifest(JSON.stringify({ ...good, methods })), code: '' };
    expect(() => new Plugin(files)).toThrow(/methods\.vendor\.example\/x\.params: is no JSON Schema/);
  });
});

describe('a folder of plugins', () => {
  const text = JSON.stringify(good);

  it('is read in the order of names, without what is not enabled', async () => {
    const off = JSON.stringify({ ...good, enabled: false });
    const other = JSON.stringify({ ...good, id: 'vendor.example/other', module: 'main.js' });
    const plugins = { b: { 'manifest.json': text, 'index.js': '1' }, a: { 'manifest.json': other, 'main.js': '2' } };
    const read = await readPlugins(folderOf({ ...plugins, c: { 'manifest.json': off, 'index.js': '' } }));
    expect(read.map(({ manifest, code }) => [manifest.id, code])).toEqual([
      ['vendor.example/other', '2'],
      ['vendor.example/name', '1'],
    ]);
  });

  it.each<[string, Record<string, Record<string, string>>, RegExp]>([
    ['no manifest', { a: {} }, /a\/manifest\.json: cannot be read/],
    ['no module', { a: { 'manifest.json': text } }, /a\/index\.js: cannot be read/],
    ['a manifest that is none', { a: { 'manifest.json': '{' } }, /a\/manifest\.json: .*not JSON/],
    [
      'one extension twice',
      { a: { 'manifest.json': text, 'index.js': '' }, b: { 'manifest.json': text, 'index.js': '' } },
      /two plugins/,
    ],
  ])('with %s is refused by its path', async (_, plugins, message) => {
    await expect(readPlugins(folderOf(plugins))).rejects.toThrow(message);
  });

  it('that is not there is refused', async () => {
    await expect(readPlugins(join(tmpdir(), 'scm-nowhere'))).rejects.toThrow(/scm-nowhere: cannot be read/);
  });
});
