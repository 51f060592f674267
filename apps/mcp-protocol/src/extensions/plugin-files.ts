import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidField, ServiceError } from '@scm/contracts';
import { readManifest, type PluginManifest } from './plugin-manifest.js';

const MAX_MODULE = 1_048_576;

/** A plugin as its folder has it. */
export interface PluginFiles {
  manifest: PluginManifest;
  code: string;
}

/** The enabled plugins of a folder, one in each folder of it, in the order of their names. Throws INVALID_ARGUMENT naming folder and field. */
export async function readPlugins(folder: string): Promise<PluginFiles[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) =>
    Promise.reject(unreadable(folder, error)),
  );
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const plugins = await Promise.all(names.sort().map((name) => readPlugin(join(folder, name))));
  const enabled = plugins.filter(({ manifest }) => manifest.enabled !== false);
  const twice = enabled.find(
    ({ manifest }, at) => enabled.findIndex((other) => other.manifest.id === manifest.id) !== at,
  );
  if (twice) throw invalidField(folder, `has two plugins ${twice.manifest.id}`);
  return enabled;
}

async function readPlugin(folder: string): Promise<PluginFiles> {
  const read = (name: string) =>
    readFile(join(folder, name), 'utf8').catch((error: Error) => Promise.reject(unreadable(join(folder, name), error)));
  const manifest = manifestIn(join(folder, 'manifest.json'), await read('manifest.json'));
  const code = await read(manifest.module ?? 'index.js');
  if (code.length > MAX_MODULE) throw invalidField(folder, `its module has more than ${MAX_MODULE} characters`);
  return { manifest, code };
}

function manifestIn(path: string, text: string): PluginManifest {
  try {
    return readManifest(text);
  } catch (error) {
    if (error instanceof ServiceError) throw invalidField(path, error.message);
    throw error;
  }
}

function unreadable(path: string, { message }: Error): ServiceError {
  return invalidField(path, `cannot be read: ${message}`);
}
