import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, makeFolder } from './places.mjs';
import { findProgram, run } from './run.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
// The oldest Debian release whose nats-server is new enough; its binary runs on older releases too.
const newerRelease = 'trixie';
// Unpacking another C library or init system beside the machine's own would break what runs against it.
const neverUnpacked =
  /^(libc6|libc-bin|gcc-\d+-base|adduser|passwd|lsb-base|init-system|sysvinit|systemd|libsystemd|dbus)/;

/**
 * A way to unpack Debian packages into a folder without root, without installing them and without touching the
 * machine's own apt: apt gets private lists, cache and sources. The package lists are fetched once, on first use.
 */
export function aptSession() {
  let prepared;
  return {
    /** Unpacks the packages, and what they need that the machine lacks, into `folder`. */
    async unpack(packages, folder) {
      prepared ??= prepare();
      const apt = await prepared;
      const downloads = fs.mkdtempSync(path.join(apt.folder, 'debs-'));
      await run('apt-get', ['-qq', 'download', ...packages, ...(await missingFor(packages, apt))], {
        env: apt.env,
        cwd: downloads,
      });
      for (const file of fs.readdirSync(downloads)) await run('dpkg-deb', ['-x', path.join(downloads, file), folder]);
    },
    newerRelease,
    /** Forgets the private lists. */
    async close() {
      const apt = await prepared?.catch(() => undefined);
      if (apt) fs.rmSync(apt.folder, { recursive: true, force: true });
    },
  };
}

/** The environment with which a program unpacked into `folder` finds the libraries unpacked beside it. */
export function unpackedLibraries(folder) {
  const roots = ['usr/lib', 'lib'].map((name) => path.join(folder, name)).filter((root) => fs.existsSync(root));
  const folders = roots.flatMap((root) => [root, ...fs.readdirSync(root).map((name) => path.join(root, name))]);
  return { LD_LIBRARY_PATH: folders.join(':') };
}

async function prepare() {
  if (!findProgram('apt-get') || !findProgram('dpkg-deb')) throw new Error('this system has no apt');
  const folder = fs.mkdtempSync(path.join(makeFolder(cacheFolder()), 'apt-'));
  try {
    for (const part of ['lists/partial', 'cache/archives/partial', 'parts']) {
      fs.mkdirSync(path.join(folder, part), { recursive: true });
    }
    fs.writeFileSync(path.join(folder, 'apt.conf'), configuration(folder, privateSources()));
    const env = { ...process.env, APT_CONFIG: path.join(folder, 'apt.conf'), LC_ALL: 'C' };
    await run('apt-get', ['-qq', 'update'], { env, timeoutMs: 180_000 });
    return { folder, env };
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function configuration(folder, sources) {
  const lines = [
    `Dir::Cache "${folder}/cache";`,
    `Dir::State::lists "${folder}/lists";`,
    'APT::Sandbox::User "";',
    'Debug::NoLocking "1";',
    'Acquire::Retries "2";',
    'Acquire::Languages "none";',
  ];
  if (sources) {
    fs.writeFileSync(path.join(folder, 'sources.list'), sources);
    fs.writeFileSync(
      path.join(folder, 'preferences'),
      `Package: *\nPin: release n=${newerRelease}\nPin-Priority: 90\n`,
    );
    lines.push(`Dir::Etc::sourcelist "${folder}/sources.list";`, `Dir::Etc::sourceparts "${folder}/parts";`);
    if (debianRelease() !== newerRelease) lines.push(`Dir::Etc::preferences "${folder}/preferences";`);
  }
  return lines.join('\n') + '\n';
}

/** On Debian: its own release and the newer one, from the mirror the machine uses. Elsewhere the machine's sources serve. */
function privateSources() {
  const mirror = debianMirror();
  if (!debianRelease() || !mirror || !fs.existsSync(keyring)) return undefined;
  const releases = [...new Set([debianRelease(), newerRelease])];
  return releases.map((release) => `deb [signed-by=${keyring}] ${mirror} ${release} main\n`).join('');
}

function debianRelease() {
  const facts = fs.existsSync('/etc/os-release') ? fs.readFileSync('/etc/os-release', 'utf8') : '';
  return /^ID=debian$/m.test(facts) ? /^VERSION_CODENAME=(\w+)/m.exec(facts)?.[1] : undefined;
}

function debianMirror() {
  const folder = '/etc/apt/sources.list.d';
  const parts = fs.existsSync(folder) ? fs.readdirSync(folder).map((file) => path.join(folder, file)) : [];
  const files = ['/etc/apt/sources.list', ...parts].filter(
    (file) => /\.(list|sources)$/.test(file) && fs.existsSync(file),
  );
  return files
    .map((file) => /^[^#\n]*?(https?:\/\/\S+\/debian)\/?\s/m.exec(fs.readFileSync(file, 'utf8'))?.[1])
    .find(Boolean);
}

async function missingFor(packages, { env }) {
  const plan = await run('apt-get', ['-s', '--no-install-recommends', 'install', ...packages], { env }).catch(() => '');
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  const asked = packages.map((name) => name.split('/')[0]);
  return names.filter((name) => !asked.includes(name) && !neverUnpacked.test(name));
}
