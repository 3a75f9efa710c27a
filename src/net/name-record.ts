/** Signed records of mutable names: where a name leads to. @see https://specs.ipfs.tech/ipns/ipns-record/ */
import { Exception, parseCid } from "#base";
import type { PrivateKey } from "@libp2p/interface";
import { CID } from "multiformats/cid";

/** A record whose signature was verified, and which had not expired then. */
export interface NameRecord {
  readonly bytes: Uint8Array;
  /** Grows with each version. */
  readonly sequence: bigint;
  /** The image that the name leads to. */
  readonly cid: CID;
}

/** Maximum size of a record, by the specification. */
export const LIMIT_RECORD_BYTES: number = 10 * 1024;
const LIBP2P_KEY = 0x72;

const FAULTS: Readonly<Record<string, string>> = {
  RecordExpiredError: "a record that has expired",
  RecordTooLargeError: "a record larger than 10 KiB",
  SignatureVerificationError: "a record that this key has not signed",
  InvalidEmbeddedPublicKeyError: "a record of another key",
  UnsupportedValidityError: "a record of an unknown validity",
};

/**
 * Verifies a record from any source.
 *
 * @throws {Exception} `failed`; the message is a noun phrase, for instance `a record that has expired`.
 */
export async function openRecord(key: CID, bytes: Uint8Array): Promise<NameRecord> {
  const [{ unmarshalIPNSRecord }, { ipnsValidator }] = await Promise.all([
    import("ipns"),
    import("ipns/validator"),
  ]);
  try {
    await ipnsValidator(await toRoutingKey(key), bytes);
  } catch (reason) {
    const name = reason instanceof Error ? reason.name : "";
    throw refuse(FAULTS[name] ?? "something other than a record", reason);
  }
  const { sequence, value } = unmarshalIPNSRecord(bytes);
  return { bytes, sequence, cid: parseValue(value) };
}

/** A signed record that makes the name of this key lead to a CID; valid for `lifetimeMs` from now. */
export async function createRecord(
  privateKey: PrivateKey,
  cid: CID,
  sequence: bigint,
  lifetimeMs: number,
): Promise<NameRecord> {
  const { createIPNSRecord, marshalIPNSRecord } = await import("ipns");
  const value = `/ipfs/${cid.toV1().toString()}`;
  const record = await createIPNSRecord(privateKey, value, sequence, lifetimeMs);
  return { bytes: marshalIPNSRecord(record), sequence, cid: cid.toV1() };
}

/** The newest of several verified records of one key: by sequence, then by expiry. */
export async function selectRecord(
  records: readonly [NameRecord, ...NameRecord[]],
): Promise<NameRecord> {
  const { ipnsSelector } = await import("ipns/selector");
  const at = ipnsSelector(
    new Uint8Array(0),
    records.map(({ bytes }) => bytes),
  );
  return records[at] ?? records[0];
}

/** The key of the name that a private key signs. */
export function toNameKey({ publicKey }: Pick<PrivateKey, "publicKey">): CID {
  return CID.createV1(LIBP2P_KEY, publicKey.toMultihash());
}

/** The key of the record in a DHT. */
export async function toRoutingKey(key: CID): Promise<Uint8Array> {
  const { multihashToIPNSRoutingKey } = await import("ipns");
  // The package `ipns` uses an older version of these types.
  return multihashToIPNSRoutingKey(
    key.multihash as Parameters<typeof multihashToIPNSRoutingKey>[0],
  );
}

function parseValue(value: string): CID {
  const [, text = ""] = /^\/ipfs\/([^/]+)\/?$/.exec(value) ?? [];
  try {
    return parseCid(text).toV1();
  } catch (reason) {
    throw refuse("a record that leads to no image by its CID", reason);
  }
}

function refuse(message: string, cause?: unknown): Exception {
  return new Exception("failed", message, { cause });
}
