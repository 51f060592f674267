// The image's entry: `<service>` runs that service, `<service> migrate` brings its schema up to date and ends.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const apps = path.join(import.meta.dirname, '../apps');
const mainOf = (service) => path.join(apps, service, 'dist/main.js');
const services = readdirSync(apps).filter((name) => existsSync(mainOf(name)));
const [service = ''] = process.argv.slice(2);

if (!services.includes(service)) {
  console.error(`"${service}" is no service of this image: ${services.sort().join(', ')}`);
  process.exit(2);
}

// The same process serves, so that it gets the signals: `node --import @scm/service/telemetry main.js`.
process.argv.splice(1, 2, mainOf(service));
await import('@scm/service/telemetry');
await import(mainOf(service));
