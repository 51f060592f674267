import type { IncomingMessage } from 'node:http';
import type { GatewayConfig } from '../config.js';

/** Whether a browser page of that origin may call: the gateway's own always, others by the allow list. */
export function isAllowedOrigin(origin: string, request: IncomingMessage, config: GatewayConfig): boolean {
  if (config.corsOrigins.includes(origin)) return true;
  if (config.publicUrl && origin === new URL(config.publicUrl).origin) return true;
  const { host } = request.headers;
  return host !== undefined && isLoopback(host) && (origin === `http://${host}` || origin === `https://${host}`);
}

/** A gateway that only this machine reaches is asked by its name: another one was rebound to it. */
export function isAllowedHost(host: string | undefined, { host: address, publicUrl }: GatewayConfig): boolean {
  if (host === undefined || !isLoopback(address)) return true;
  return isLoopback(host) || (publicUrl !== undefined && host === new URL(publicUrl).host);
}

/** Only a loopback Host can be believed without configuration: any other could be a rebound name. */
function isLoopback(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}
