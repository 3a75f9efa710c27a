/** Signed envelopes of libp2p. @see https://github.com/libp2p/specs/blob/master/RFC/0002-signed-envelopes.md */
import { Exception } from "#base";
import type { Waiting } from "#base";
import type { PrivateKey } from "@libp2p/interface";

export interface OpenedEnvelope {
  /** In libp2p's protobuf form. */
  readonly publicKey: Uint8Array;
  readonly payloadType: Uint8Array;
  readonly payload: Uint8Array;
}

export async function sealEnvelope(
  privateKey: PrivateKey,
  domain: string,
  payloadType: Uint8Array,
  payload: Uint8Array,
): Promise<Uint8Array> {
  const { RecordEnvelope } = await import("@libp2p/peer-record");
  const record = { domain, codec: payloadType, marshal: () => payload, equals: () => false };
  return (await RecordEnvelope.seal(record, privateKey)).marshal().slice();
}

/** @throws {Exception} `failed` when the bytes are not an envelope of the domain, or the signature is wrong. */
export async function openEnvelope(
  domain: string,
  envelope: Uint8Array,
  { signal }: Waiting = {},
): Promise<OpenedEnvelope> {
  const { RecordEnvelope } = await import("@libp2p/peer-record");
  const { publicKeyToProtobuf } = await import("@libp2p/crypto/keys");
  try {
    const options = signal === undefined ? {} : { signal };
    const opened = await RecordEnvelope.openAndCertify(envelope, domain, options);
    return {
      publicKey: publicKeyToProtobuf(opened.publicKey),
      payloadType: opened.payloadType.slice(),
      payload: opened.payload.subarray().slice(),
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Exception("failed", `Not an envelope of "${domain}", or its signature is wrong`, {
      cause,
    });
  }
}

/** Whether the signature was made of the data with this key; `false` if the key is malformed. */
export async function verifySignature(
  data: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  const { publicKeyFromProtobuf } = await import("@libp2p/crypto/keys");
  try {
    return await publicKeyFromProtobuf(publicKey).verify(data, signature);
  } catch {
    return false;
  }
}
