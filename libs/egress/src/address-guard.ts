import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { ServiceError } from '@scm/contracts';
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';

/** Resolves a name to all its addresses, like `dns.lookup` with `all`. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Decides which addresses may be connected to: public ones, and what the operator's allow list adds. */
export class AddressGuard {
  private readonly hosts = new Set<string>();
  private readonly networks: [IPv4 | IPv6, number][] = [];

  /** `allow`: host names, addresses and CIDRs. Throws TypeError naming an entry that is none of these. */
  constructor(
    allow: readonly string[],
    private readonly resolve: Resolve,
  ) {
    for (const entry of allow) this.add(entry.trim());
  }

  /** Throws INVALID_ARGUMENT when the URL's host is an address literal that may not be reached. Names are judged by `lookup`. */
  checkLiteral(hostname: string): void {
    if (isIP(hostname) !== 0 && !this.permits(hostname)) throw refused(hostname, [hostname]);
  }

  /** For `net.connect`: what it answers is what gets connected to, so no second resolution can slip another address in. */
  readonly lookup: LookupFunction = (hostname, options, done) => {
    this.resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '', 0);
      const permitted = this.hosts.has(bare(hostname)) ? found : found.filter(({ address }) => this.permits(address));
      const [first] = permitted;
      if (first === undefined)
        return done(
          refused(
            hostname,
            found.map(({ address }) => address),
          ),
          '',
          0,
        );
      if (options.all) return done(null, permitted);
      done(null, first.address, first.family);
    });
  };

  private permits(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return isPublic(address) || this.networks.some((net) => net[0].kind() === address.kind() && address.match(net));
  }

  private add(entry: string): void {
    if (ipaddr.isValidCIDR(entry)) this.networks.push(ipaddr.parseCIDR(entry));
    else if (isIP(entry) !== 0) this.networks.push([ipaddr.process(entry), isIP(entry) === 4 ? 32 : 128]);
    else this.hosts.add(hostName(entry));
  }
}

const globalUnicast = ipaddr.parseCIDR('2000::/3');

function isPublic(address: IPv4 | IPv6): boolean {
  if (address.range() !== 'unicast') return false;
  // Outside 2000::/3 lie deprecated forms such as ::127.0.0.1, which name IPv4 hosts.
  return address.kind() === 'ipv4' || address.match(globalUnicast);
}

function hostName(entry: string): string {
  const url = URL.parse(`http://${entry}`);
  if (url === null || /[*\s:@/?#]/.test(entry)) {
    throw new TypeError(`"${entry}" is not a host name, an address or a CIDR`);
  }
  return bare(url.hostname);
}

function bare(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

function refused(hostname: string, addresses: readonly string[]): ServiceError {
  const which =
    addresses.length === 0 || addresses[0] === hostname ? hostname : `${hostname} (${addresses.join(', ')})`;
  const message = `${which} is not a public address, and the egress allow list does not name it`;
  return new ServiceError('INVALID_ARGUMENT', `url: ${message}`, [{ path: 'url', message }]);
}
