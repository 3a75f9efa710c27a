/** Converts peer ids and multiaddrs between bytes and text. */
import { Exception, toMessage } from "#base";
import { peerIdFromCID, peerIdFromMultihash, peerIdFromString } from "@libp2p/peer-id";
import type { PeerId } from "@libp2p/interface";
import { CODE_P2P, multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import { CID } from "multiformats/cid";
import { decode } from "multiformats/hashes/digest";

/** A value as bytes, for the wire, and as text, for people. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly text: string;
}

export function encodePeerId(peerId: PeerId): Encoded {
  return { bytes: peerId.toMultihash().bytes, text: peerId.toString() };
}

/** @throws {Exception} `failed`; its message begins with `invalid peer ID: `, as on other Wetware nodes. */
export function decodePeerId(bytes: Uint8Array): PeerId {
  try {
    return peerIdFromMultihash(decode(bytes));
  } catch (reason) {
    throw new Exception("failed", `invalid peer ID: ${toMessage(reason)}`, { cause: reason });
  }
}

/** The bytes of a peer's id, as text or as a CID. @throws {Exception} as `decodePeerId` does */
export function parsePeerId(text: string): Uint8Array {
  try {
    const isText = /^(?:12D3|16U|Qm)/.test(text);
    return (isText ? peerIdFromString(text) : peerIdFromCID(CID.parse(text))).toMultihash().bytes;
  } catch (reason) {
    throw new Exception("failed", `invalid peer ID: ${toMessage(reason)}`, { cause: reason });
  }
}

/**
 * Parses an address that ends with a peer id. For WebRTC through a relay, the relayed address is returned as well.
 *
 * @throws {Exception} `failed` when it has no id, or is malformed.
 */
export function parsePeerAddress(text: string): {
  readonly peerId: PeerId;
  readonly addresses: readonly Multiaddr[];
} {
  try {
    const address = multiaddr(text);
    const last = address.getComponents().at(-1);
    if (last?.code !== CODE_P2P || last.value === undefined) {
      throw new TypeError("it does not end with /p2p/ and the id of a peer");
    }
    const relayed = text.replace("/p2p-circuit/webrtc/", "/p2p-circuit/");
    const addresses = relayed === text ? [address] : [address, multiaddr(relayed)];
    return { peerId: peerIdFromString(last.value), addresses };
  } catch (reason) {
    const state = `Not the address of a peer, "${text.slice(0, 200)}": ${toMessage(reason)}`;
    throw new Exception("failed", state, { cause: reason });
  }
}

/** A peer's address without the peer's own id at its end. */
export function encodeAddress(address: Multiaddr, peerId: PeerId): Encoded {
  const own = `/p2p/${peerId.toString()}`;
  const text = address.toString();
  const bare = text.endsWith(own) && text !== own ? multiaddr(text.slice(0, -own.length)) : address;
  return { bytes: bare.bytes, text: bare.toString() };
}

/** The longest address that is read: handling one takes quadratic time, a second for 20 KB. */
const ADDRESS_BYTES = 1000;

/** The address with its peer id; `undefined` when the bytes are not an address, or another peer's. */
export function decodeAddress(bytes: Uint8Array, peerId: PeerId): Multiaddr | undefined {
  if (bytes.length > ADDRESS_BYTES) return undefined;
  try {
    const address = multiaddr(bytes);
    const last = address.getComponents().at(-1);
    if (last?.code !== CODE_P2P) return address.encapsulate(`/p2p/${peerId.toString()}`);
    return last.value === peerId.toString() ? address : undefined;
  } catch {
    return undefined;
  }
}
