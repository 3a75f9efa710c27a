/** Tells public addresses from all others, which belong to this computer, its network, or no host. */
import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** The range that all public IPv6 networks are in. @see RFC 4291, section 2.4, and the registry at IANA */
const GLOBAL_NETWORK = "2000::";
const GLOBAL_BITS = 3;

/**
 * Whether the address is a public one of a single host.
 *
 * Addresses that contain another one (mapped, 6to4, Teredo, NAT64) are not: their target is decided elsewhere.
 *
 * @param own networks of this computer, as `address/bits`: their addresses belong to its neighbours, even if public
 * @param text IPv4 with dots or IPv6 without brackets; anything else is not public
 */
export function isPublicAddress(text: string, own: readonly string[] = listOwnNetworks()): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    const address = ipaddr.IPv4.parse(text);
    return address.range() === "unicast" && !isOneOf(address, own);
  }
  if (!ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.IPv6.parse(text);
  const isGlobal = address.match(ipaddr.IPv6.parse(GLOBAL_NETWORK), GLOBAL_BITS);
  return isGlobal && address.range() === "unicast" && !isOneOf(address, own);
}

function isOneOf(address: ipaddr.IPv4 | ipaddr.IPv6, networks: readonly string[]): boolean {
  return networks.some((network) => {
    const [start, bits] = ipaddr.parseCIDR(network);
    return start.kind() === address.kind() && address.match(start, bits);
  });
}

/** The networks of this computer; with IPv6, their addresses are in the public range. */
function listOwnNetworks(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).flatMap(({ cidr }) => cidr ?? []),
  );
}
