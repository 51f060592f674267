import type { Exchange, Provider } from '../protocol/exchange.js';
import type { Era } from './era-probe.js';

/** One upstream as a provider, whatever it speaks. */
export interface Connector extends Provider {
  /** Asks it now whether it answers; the era, of an MCP server. Throws ServiceError or ProtocolError that says why not. */
  check(exchange: Exchange): Promise<Era | undefined>;
  close(): Promise<void>;
}
