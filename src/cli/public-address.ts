/** Which addresses are on the public network: everything else belongs to this computer, its network, or no host. */
import ipaddr from "ipaddr.js";

/** IPv6 addresses of networks that exist. @see RFC 4291, section 2.4, and the registry at IANA */
const GLOBAL_NETWORK = "2000::";
const GLOBAL_BITS = 3;

/**
 * Whether the address is a public one of a single host.
 *
 * Addresses that carry another one inside (mapped, 6to4, Teredo, NAT64) are not: where they lead is decided elsewhere.
 *
 * @param text IPv4 with dots or IPv6 without brackets; anything else is not public
 */
export function isPublicAddress(text: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return ipaddr.IPv4.parse(text).range() === "unicast";
  }
  if (!ipaddr.IPv6.isValid(text)) return false;
  const address = ipaddr.IPv6.parse(text);
  const isGlobal = address.match(ipaddr.IPv6.parse(GLOBAL_NETWORK), GLOBAL_BITS);
  return isGlobal && address.range() === "unicast";
}
