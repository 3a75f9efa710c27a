/** Which computer an address is of. */
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import ipaddr from "ipaddr.js";

/** This computer, as one of all that connect. */
export const HERE = "here";

/** What all addresses of one computer have in common; of an IPv6 address, the half that its provider has given. */
export function toComputer(address: Multiaddr): string {
  const [network] = address.getComponents();
  const host = network?.value ?? "";
  if (network?.name === "ip4") return host.startsWith("127.") ? HERE : host;
  if (network?.name !== "ip6") return host;
  const parsed = ipaddr.IPv6.parse(host);
  if (parsed.range() === "loopback") return HERE;
  if (parsed.isIPv4MappedAddress())
    return toComputer(multiaddr(`/ip4/${parsed.toIPv4Address().toString()}`));
  return parsed.parts.slice(0, 4).join(":");
}
