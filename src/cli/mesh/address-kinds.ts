/** The kinds of addresses that an owner can give to a node. */
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import { Circuit, IP, TCP, WebSockets, WebSocketsSecure } from "@multiformats/multiaddr-matcher";

export interface AddressKind {
  /** The end of a sentence that begins with an address which does not fit. */
  readonly why: string;
  fits(text: string): boolean;
}

const TRANSPORTS = [TCP, WebSockets, WebSocketsSecure];

/** Addresses to listen on; secure ones also need a certificate. */
export const LISTEN: AddressKind = {
  why: "is no address to listen on, such as /ip4/0.0.0.0/tcp/4001, or /ip4/0.0.0.0/tcp/4002/ws",
  fits: (text) =>
    holds(text, (address) => {
      const isHere = IP.matches(address);
      return isHere && TRANSPORTS.some((kind) => kind.exactMatch(address)) && !hasPeer(address);
    }),
};

export const ANNOUNCE: AddressKind = {
  why: "is no address to announce, such as /dns4/node.example/tcp/443/tls/ws, without a peer id",
  fits: (text) =>
    holds(text, (address) => {
      const isOwn = !hasPeer(address) && !Circuit.matches(address);
      return isOwn && TRANSPORTS.some((kind) => kind.exactMatch(address));
    }),
};

export const PEER: AddressKind = {
  why: "is no peer's address with its id, such as /ip4/192.0.2.1/tcp/4001/p2p/12D3Koo…",
  fits: (text) =>
    holds(text, (address) => {
      const isDirect = TRANSPORTS.some((kind) => kind.exactMatch(address));
      return isDirect && hasPeer(address) && !Circuit.matches(address);
    }),
};

export const isSecure = (text: string): boolean =>
  holds(text, (address) => WebSocketsSecure.exactMatch(address));

function hasPeer(address: Multiaddr): boolean {
  return address.getComponents().some(({ name }) => name === "p2p");
}

function holds(text: string, holdsOf: (address: Multiaddr) => boolean): boolean {
  try {
    return holdsOf(multiaddr(text));
  } catch {
    return false;
  }
}
