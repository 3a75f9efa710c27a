/** Bootstrap peers of an image: `boot/<peer id>`, with one multiaddr in each line. */
import { decodeText, parseCid } from "#base";
import type { FileTree, Waiting } from "#base";

/** A peer's id and addresses as bytes. */
export interface BootPeer {
  readonly peerId: Uint8Array;
  readonly addrs: readonly Uint8Array[];
}

const PEER_LIMIT = 32;
const FILE_BYTES = 16 * 1024;
const ADDRESS_LIMIT = 32;

/** The peers of an image. Malformed peer ids and addresses are skipped. */
export async function readBootPeers(
  tree: FileTree,
  options: Waiting = {},
): Promise<readonly BootPeer[]> {
  const peers: BootPeer[] = [];
  for (const [path, entry] of tree.entries) {
    const name = /^boot\/([^/]{1,128})$/.exec(path)?.[1];
    if (name === undefined || entry.type !== "file" || entry.sizeBytes > FILE_BYTES) continue;
    if (peers.length >= PEER_LIMIT) break;
    const text = decodeText(await tree.read(path, 0, entry.sizeBytes, options));
    const peer = await parsePeer(name, text);
    if (peer !== undefined) peers.push(peer);
  }
  return peers;
}

async function parsePeer(name: string, text: string): Promise<BootPeer | undefined> {
  // Loaded here, since few images have boot peers.
  const [{ peerIdFromCID, peerIdFromString }, { multiaddr }] = await Promise.all([
    import("@libp2p/peer-id"),
    import("@multiformats/multiaddr"),
  ]);
  const isBase58 = /^(?:12D3|Qm|16U)/.test(name);
  try {
    const peerId = isBase58 ? peerIdFromString(name) : peerIdFromCID(parseCid(name));
    const lines = text.split("\n").map((line) => line.trim());
    const addrs = lines.slice(0, ADDRESS_LIMIT).flatMap((line) => {
      try {
        return line === "" ? [] : [multiaddr(line).bytes];
      } catch {
        return [];
      }
    });
    return { peerId: peerId.toMultihash().bytes, addrs };
  } catch {
    return undefined;
  }
}
