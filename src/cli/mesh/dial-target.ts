/** Parses the target of `ww dial`: an address, a peer id, or a link of the page. */
import { peerIdFromCID, peerIdFromString } from "@libp2p/peer-id";
import type { PeerId } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { Circuit } from "@multiformats/multiaddr-matcher";
import { CID } from "multiformats/cid";

export type DialTarget =
  | { readonly type: "address"; readonly address: string }
  /** The peer must be found through known nodes. */
  | { readonly type: "peer"; readonly peer: string };

/** `undefined` for any other text, and for a link without a peer. */
export function parseDialTarget(text: string): DialTarget | undefined {
  if (text.startsWith("/")) return parseAddress(text);
  if (/^https?:\/\//.test(text)) return parseLink(text);
  const peer = parsePeer(text);
  return peer === undefined ? undefined : { type: "peer", peer: peer.toString() };
}

/** The address of a peer through a node. */
export function toCircuit(node: string, peer: string): string {
  return `${node}/p2p-circuit/p2p/${peer}`;
}

function parseAddress(text: string): DialTarget | undefined {
  try {
    const isMeeting = /\/p2p-circuit\/webrtc\/p2p\/[^/]+$/.test(text);
    // Only browsers connect by WebRTC after meeting at a relay; this node stays on the relayed connection.
    const address = multiaddr(isMeeting ? text.replace("/webrtc/p2p/", "/p2p/") : text);
    const last = address.getComponents().at(-1);
    if (Circuit.matches(address) && last?.name !== "p2p") return undefined;
    return { type: "address", address: address.toString() };
  } catch {
    return undefined;
  }
}

/** `http://host/#/ipfs/<cid>?peer=<multiaddr>&peer=…`: the first of its peers. */
function parseLink(text: string): DialTarget | undefined {
  if (!URL.canParse(text)) return undefined;
  const { hash } = new URL(text);
  const at = hash.indexOf("?");
  const peer = at < 0 ? null : new URLSearchParams(hash.slice(at + 1)).get("peer");
  return peer?.startsWith("/") === true ? parseAddress(peer) : undefined;
}

function parsePeer(text: string): PeerId | undefined {
  try {
    return /^(?:12D3|16U|Qm)/.test(text) ? peerIdFromString(text) : peerIdFromCID(CID.parse(text));
  } catch {
    return undefined;
  }
}
