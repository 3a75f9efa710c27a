/** The hashes that blocks are verified with, computed by the platform where it implements them. */
import { equalBytes } from "./bytes.ts";
import type { Eventually } from "./eventually.ts";
import { Exception } from "./exception.ts";

/** The hash in a CID: its code in the multicodec table, and the digest. */
export interface Multihash {
  readonly code: number;
  readonly digest: Uint8Array;
}

/** The supported kinds, for messages. */
export const HASH_NAMES = "SHA-256, SHA-512, BLAKE2b and BLAKE3";

const IDENTITY = 0x00;
const SHA2_256 = 0x12;
const SHA2_512 = 0x13;
const BLAKE3 = 0x1e;
/** The code for a digest of n bytes is this plus n. */
const BLAKE2B = 0xb200;
/** A shorter digest can be forged. */
const LEAST_BYTES = 20;
const MOST_BYTES = 64;

/** The 32 bytes of SHA-256 over all of `bytes`. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return digestOf("SHA-256", bytes);
}

/** Whether `matchesHash` supports the kind. */
export function canCheckHash({ code, digest }: Multihash): boolean {
  if (code === IDENTITY) return true;
  if (digest.length < LEAST_BYTES || digest.length > MOST_BYTES) return false;
  return [SHA2_256, SHA2_512, BLAKE3, BLAKE2B + digest.length].includes(code);
}

/** @throws {Exception} `failed` when bytes cannot be checked against the CID, because its hash is not supported. */
export function requireCheckable(cid: { readonly multihash: Multihash; toString(): string }): void {
  const { multihash } = cid;
  if (canCheckHash(multihash)) return;
  const kind = `its hash is of kind 0x${multihash.code.toString(16)}`;
  const name = cid.toString();
  throw new Exception(
    "failed",
    `Cannot verify "${name}": ${kind}, only ${HASH_NAMES} are supported`,
  );
}

/** Whether the bytes have the hash; false if the kind is not supported. */
export async function matchesHash(multihash: Multihash, bytes: Uint8Array): Promise<boolean> {
  const { code, digest } = multihash;
  if (code === IDENTITY) return equalBytes(digest, bytes);
  if (!canCheckHash(multihash)) return false;
  return equalBytes(digest, await hashBytes(code, bytes, digest.length));
}

/** The platform hashes on another thread, and that round trip takes as long as hashing 4 KiB in JavaScript. */
const SHORT_BYTES = 4096;

/** @param shortBytes size up to which SHA-256 is answered at once, without a promise */
export type Matcher = (
  multihash: Multihash,
  bytes: Uint8Array,
  shortBytes?: number,
) => Eventually<boolean>;

/** `matchesHash`, faster for many small blocks. */
export async function loadMatcher(): Promise<Matcher> {
  const { sha256: hashShort } = await import("@noble/hashes/sha2.js");
  return (multihash, bytes, shortBytes = SHORT_BYTES) =>
    multihash.code === SHA2_256 && bytes.length <= shortBytes && canCheckHash(multihash)
      ? equalBytes(multihash.digest, hashShort(bytes))
      : matchesHash(multihash, bytes);
}

/**
 * The digest, for a kind that `canCheckHash` accepts.
 *
 * @param lengthBytes length of the digest, for kinds with more than one
 */
export async function hashBytes(
  code: number,
  bytes: Uint8Array,
  lengthBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (code === SHA2_256) return sha256(bytes);
  if (code === SHA2_512) return digestOf("SHA-512", bytes);
  // Few images need these, so they are loaded when one does.
  if (code === BLAKE3) {
    const { blake3 } = await import("@noble/hashes/blake3.js");
    return new Uint8Array(blake3(bytes, { dkLen: lengthBytes }));
  }
  const { blake2b } = await import("@noble/hashes/blake2.js");
  return new Uint8Array(blake2b(bytes, { dkLen: lengthBytes }));
}

async function digestOf(
  name: "SHA-256" | "SHA-512",
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest(name, bytes as Uint8Array<ArrayBuffer>));
}
