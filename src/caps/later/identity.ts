/** The node's identity as a capability. @see capnp/later/membrane.capnp Identity */
import { Exception } from "#base";
import type { IdentityServer, SignerServer } from "#schema/later";
import { toPayload, toPayloadType } from "../challenge.ts";
import type { Keys } from "../powers.ts";

/** Signatures in these domains prove a peer's addresses to the whole network, so guests may not make them. */
const FOREIGN_DOMAINS: readonly string[] = ["libp2p-peer-record", "libp2p-relay-rsvp"];

/** Signs only challenges: a nonce and an epoch, in an envelope of the domain. */
export function serveIdentity(keys: Keys): IdentityServer {
  const createSigner = (domain: string): SignerServer => ({
    sign: async (nonce, epochSeq) => ({
      sig: await keys.seal(domain, toPayloadType(domain), toPayload(nonce, epochSeq)),
    }),
  });
  return {
    signer(domain) {
      if (!/^[a-z0-9][a-z0-9-]{0,99}$/.test(domain) || FOREIGN_DOMAINS.includes(domain)) {
        throw new Exception("failed", `Cannot sign for the domain "${domain.slice(0, 100)}"`);
      }
      return { signer: createSigner(domain) };
    },
    verify: async (data, signature, publicKey) => ({
      valid: await keys.verify(data.slice(), signature.slice(), publicKey.slice()),
    }),
  };
}
