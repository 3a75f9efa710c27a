/** Parses links to images: a name, and optional peers, layers and arguments in a query. */
import { parseImageName } from "./name.ts";

/** A valid link, or one sentence that says what is wrong with it. */
export type ImageLink =
  | {
      readonly type: "name";
      /** The canonical form of the link, query included. */
      readonly path: string;
      /** Names of layers, base first; the last may name a program. */
      readonly layers: readonly string[];
      /** Addresses of peers that may have the layers; each ends with the peer's id. */
      readonly peers: readonly string[];
      /** The arguments after the first. */
      readonly args: readonly string[];
    }
  | { readonly type: "unreadable"; readonly reason: string };

const PEER_LIMIT = 8;
const LAYER_LIMIT = 16;
const ARG_LIMIT = 64;

/**
 * Parses any text that `parseImageName` does, with an optional query: `?peer=<multiaddr>`, `layer=<name>` for a layer above
 * the others, `arg=<text>`. Each may be repeated and is percent-encoded; other parameters are ignored.
 */
export function parseImageLink(text: string): ImageLink {
  const name = parseImageName(text);
  if (name.type === "unreadable") return name;
  const params = new URLSearchParams(/\?(.*)$/s.exec(text.replace(/^[^#]*#/s, ""))?.[1]?.trim());
  const peers = params.getAll("peer");
  const args = params.getAll("arg");
  const above = params.getAll("layer");
  if (peers.length > PEER_LIMIT) return tooMany(peers.length, "peers", PEER_LIMIT);
  if (args.length > ARG_LIMIT) return tooMany(args.length, "arguments", ARG_LIMIT);
  if (above.length > LAYER_LIMIT) return tooMany(above.length, "layers", LAYER_LIMIT);
  for (const peer of peers) {
    if (isPeerAddress(peer)) continue;
    const reason = `Not the address of a peer: "${peer.slice(0, 80)}"; it begins with / and ends with /p2p/ and an id`;
    return { type: "unreadable", reason };
  }
  const layers = [name.path];
  for (const layer of above) {
    const parsed = parseImageName(layer);
    if (parsed.type === "unreadable") return parsed;
    layers.push(parsed.path);
  }
  return { type: "name", path: encodeLink(layers, { peers, args }), layers, peers, args };
}

/** Makes a link's path, which `parseImageLink` reads. @param layers the base first, whose name begins the link */
export function encodeLink(
  [base = "", ...above]: readonly string[],
  {
    peers = [],
    args = [],
  }: { readonly peers?: readonly string[]; readonly args?: readonly string[] },
): string {
  const pairs = [
    ...above.map((layer) => ["layer", layer]),
    ...args.map((arg) => ["arg", arg]),
    ...peers.map((peer) => ["peer", peer]),
  ];
  const query = pairs
    .map(([key = "", value = ""]) => `${key}=${encodeURIComponent(value)}`)
    .join("&");
  return query === "" ? base : `${base}?${query}`;
}

function isPeerAddress(text: string): boolean {
  return text.length <= 1000 && /^\/[\w.:%/-]+\/p2p\/\w+$/.test(text);
}

function tooMany(count: number, kind: string, limit: number): ImageLink {
  return {
    type: "unreadable",
    reason: `The link has ${count} ${kind}, at most ${limit} are allowed`,
  };
}
