/** Peer ids as bytes. Only their form is checked; the key may be unknown. */
import { Exception, toMessage } from "#base";
import { decode } from "multiformats/hashes/digest";

const IDENTITY = 0x00;
const SHA2_256 = 0x12;
const SHA2_256_BYTES = 32;
/** Longer keys are hashed. */
const LIMIT_KEY_BYTES = 42;

/**
 * @throws {Exception} `failed`, `invalid peer ID: …`, when the bytes are not a multihash of a public key.
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
  return "it is not a multihash of a public key";
}

/** Whether the bytes are a protobuf message of two fields: the number of the key's type, and the key. */
function isPublicKey(bytes: Uint8Array): boolean {
  const [typeTag, type, dataTag, length] = bytes;
  return typeTag === 0x08 && (type ?? 4) < 4 && dataTag === 0x12 && length === bytes.length - 4;
}
