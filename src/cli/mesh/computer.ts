/** Tells computers apart by their addresses. */
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import ipaddr from "ipaddr.js";

/** The name of this computer among those that connect. */
export const HERE = "here";

/** A name that all addresses of one computer share: the host, or the first half of an IPv6 address, set by its provider. */
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
