/** Peer ids as bytes, validated without their keys. */
import { Exception, toMessage } from "#base";
import { decode } from "multiformats/hashes/digest";

const IDENTITY = 0x00;
const SHA2_256 = 0x12;
const SHA2_256_BYTES = 32;
/** A longer key is hashed. */
const LIMIT_KEY_BYTES = 42;

/**
 * @throws {Exception} `failed`, `invalid peer ID: …`, when the bytes are no multihash of a public key.
 * @see https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */
export function requirePeerId(bytes: Uint8Array): void {
  const reason = findFault(bytes);
  if (reason !== undefined) throw new Exception("failed", `invalid peer ID: ${reason}`);
}

function findFault(bytes: Uint8Array): string | undefined {
  let multihash: ReturnType<typeof decode>;
  try {
    multihash = decode(bytes);
  } catch (reason) {
    return toMessage(reason);
  }
  const { code, digest } = multihash;
  if (code === SHA2_256 && digest.length === SHA2_256_BYTES) return undefined;
  if (code === IDENTITY && digest.length <= LIMIT_KEY_BYTES && isPublicKey(digest)) {
    return undefined;
  }
  return "it is no multihash of a public key";
}

/** A message of two fields: the kind of key, by number, and its bytes. */
function isPublicKey(bytes: Uint8Array): boolean {
  const [typeTag, type, dataTag, length] = bytes;
  return typeTag === 0x08 && (type ?? 4) < 4 && dataTag === 0x12 && length === bytes.length - 4;
}
