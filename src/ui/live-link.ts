/** Links to what runs in another tab: `/live/<token>?peer=<multiaddr>`. */
import type { Live } from "#schema";

/** What such a link says. */
export interface LiveLink {
  readonly path: string;
  readonly token: Uint8Array;
  /** Addresses of the tab, each with its peer id at the end. */
  readonly peers: readonly string[];
}

/**
 * What the other tab has said of a link: `idle` while the program does not run, `unknown` for a link that has ended or that
 * it never gave, `silent` while it serves no link at all, as a tab that is being loaded.
 */
export type OpenedLink =
  | { readonly state: "open"; readonly live: Live }
  | { readonly state: "idle" | "unknown" | "silent" };

const PREFIX = "/live/";
const PEER_LIMIT = 8;
/** Ends with a peer id; one of an Ed25519 key, as tabs have, has exactly 52 characters, and no id has fewer than 46. */
const ADDRESS = /^\/[\w.:%/-]+\/p2p\/(?:12D3KooW\w{44}|(?!12D3KooW)\w{46,})$/;
const TOKEN_BYTES = [16, 64] as const;

/** The path of a link, as `parseLiveLink` reads it. */
export function encodeLiveLink(token: Uint8Array, peers: readonly string[]): string {
  const text = btoa(String.fromCharCode(...token))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return `${PREFIX}${text}?${peers.map((peer) => `peer=${encodeURIComponent(peer)}`).join("&")}`;
}

/**
 * Parses a path, or a whole link that ends with one.
 *
 * @returns `undefined` for what is no such link at all, or one sentence about what is wrong with it
 */
export function parseLiveLink(
  text: string,
):
  | ({ readonly type: "live" } & LiveLink)
  | { readonly type: "unreadable"; readonly reason: string }
  | undefined {
  const path = text.trim().replace(/^[^#]*#/s, "");
  if (!path.startsWith(PREFIX)) return undefined;
  const [, name = "", query = ""] = /^([\w-]*)(?:\?(.*))?$/.exec(path.slice(PREFIX.length)) ?? [];
  const token = decodeToken(name);
  const peers = new URLSearchParams(query).getAll("peer");
  const [least, most] = TOKEN_BYTES;
  const isWhole = token !== undefined && token.length >= least && token.length <= most;
  if (!isWhole || peers.length === 0 || peers.length > PEER_LIMIT || !peers.every(isAddress)) {
    return { type: "unreadable", reason: "The link to another tab is cut: copy it whole" };
  }
  return { type: "live", path: encodeLiveLink(token, peers), token, peers };
}

function decodeToken(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function isAddress(text: string): boolean {
  return text.length <= 1000 && ADDRESS.test(text);
}
