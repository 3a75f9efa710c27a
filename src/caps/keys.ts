/** The node's keys as a capability: server, on the page, and client, in the kernel. @see capnp/owner.capnp NodeKeys */
import type { NodeKeys, NodeKeysServer } from "#schema";
import type { Keys } from "./powers.ts";

export function serveKeys(keys: Keys): NodeKeysServer {
  return {
    seal: async (domain, payloadType, payload) => ({
      envelope: await keys.seal(domain, payloadType.slice(), payload.slice()),
    }),
    open: (domain, envelope, { signal }) => keys.open(domain, envelope.slice(), { signal }),
    verify: async (data, signature, publicKey) => ({
      valid: await keys.verify(data.slice(), signature.slice(), publicKey.slice()),
    }),
  };
}

/** Takes ownership of the client. */
export function openKeys(client: NodeKeys): Keys {
  return {
    seal: async (...args) => (await client.seal(...args)).envelope.slice(),
    async open(domain, envelope, options) {
      const { publicKey, payloadType, payload } = await client.open(domain, envelope, options);
      return {
        publicKey: publicKey.slice(),
        payloadType: payloadType.slice(),
        payload: payload.slice(),
      };
    },
    verify: async (...args) => (await client.verify(...args)).valid,
  };
}
