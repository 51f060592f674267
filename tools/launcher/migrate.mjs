import fs from 'node:fs';
import path from 'node:path';
import { run } from '../provision/run.mjs';
import { mainOf } from './build.mjs';
import { digestOf, filesBelow } from './digest.mjs';
import { ownerEnvironment, serviceEnvironment } from './environment.mjs';
import { schemas } from './services.mjs';

/** Whether the database of this instance lacks migrations, or its roles, as far as the last `migrate` tells. */
export function migrationsAreStale(instance) {
  const stamp = stampFile(instance);
  return !fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== digest(instance);
}

/** Applies the migrations of all services, each with its own, side by side. */
export async function migrate(instance) {
  const services = Object.keys(schemas);
  await Promise.all(services.map((service) => migrateService(service, instance)));
  fs.writeFileSync(stampFile(instance), digest(instance), { mode: 0o600 });
}

async function migrateService(service, instance) {
  const env = { ...serviceEnvironment(service, instance), ...ownerEnvironment(instance) };
  const args = [mainOf(instance.clone, service), 'migrate'];
  await run(process.execPath, args, { cwd: instance.clone, env }).catch((error) => {
    throw new Error(
      [`the migrations of ${service} failed:`, ...(error.lines?.slice(-20) ?? [error.message])].join('\n'),
    );
  });
}

const stampFile = ({ folder }) => path.join(folder, 'migrated');

function digest({ clone, secrets, backends }) {
  const sources = ['apps', 'libs/database', 'libs/audit'].flatMap((folder) => filesBelow(path.join(clone, folder)));
  const migrations = sources.filter((file) => /migration|libs.(database|audit)/.test(path.relative(clone, file)));
  // An own server of the provisioner has another port each time; one of the user's is another database.
  const database = backends.postgres.server ? 'own' : backends.postgres.url;
  const lock = path.join(clone, 'package-lock.json');
  return digestOf([...migrations, lock], database, JSON.stringify(secrets.databasePasswords));
}
