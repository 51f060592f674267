import { startService } from './service-process.mjs';
import { serviceNames, stopOrder } from './services.mjs';

/**
 * Starts the seven services side by side, each as many times as asked for. When one fails, the others are
 * stopped and the failure is thrown.
 * @returns the processes, each with `name`, `service`, `pid` and, for the gateway, `port`
 */
export async function startMesh(instance, replicas) {
  const wanted = serviceNames.flatMap((service) =>
    processNames(service, replicas[service]).map((name) => [name, service]),
  );
  const starts = await Promise.allSettled(wanted.map(([name, service]) => startService(name, service, instance)));
  const mesh = starts.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const failed = starts.find(({ status }) => status === 'rejected');
  if (!failed) return mesh;
  await stopMesh(mesh);
  throw failed.reason;
}

/** Stops the services in order, each group side by side. */
export async function stopMesh(mesh) {
  for (const group of stopOrder) {
    await Promise.all(mesh.filter(({ service }) => group.includes(service)).map((process) => process.stop()));
  }
}

function processNames(service, count = 1) {
  if (count === 1) return [service];
  return Array.from({ length: count }, (_, index) => `${service}-${index + 1}`);
}
