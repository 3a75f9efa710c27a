/** Keys for tests, with the envelopes of libp2p's library, which peers use. */
import { Exception } from "#base";
import { generateKeyPair, publicKeyFromProtobuf, publicKeyToProtobuf } from "@libp2p/crypto/keys";
import { RecordEnvelope } from "@libp2p/peer-record";
import type { Keys } from "./powers.ts";

export interface MemoryKeys extends Keys {
  /** In libp2p's protobuf form. */
  publicKey(): Promise<Uint8Array>;
}

export function createMemoryKeys(): MemoryKeys {
  const making = generateKeyPair("Ed25519");
  return {
    publicKey: async () => publicKeyToProtobuf((await making).publicKey),
    async seal(domain, codec, payload) {
      const record = { domain, codec, marshal: () => payload, equals: () => false };
      return (await RecordEnvelope.seal(record, await making)).marshal();
    },
    async open(domain, envelope) {
      try {
        const { publicKey, payloadType, payload } = await RecordEnvelope.openAndCertify(
          envelope,
          domain,
        );
        return {
          publicKey: publicKeyToProtobuf(publicKey),
          payloadType,
          payload: payload.subarray(),
        };
      } catch {
        throw new Exception("failed", "Wrong signature");
      }
    },
    verify: async (data, signature, publicKey) =>
      publicKeyFromProtobuf(publicKey).verify(data, signature),
  };
}
