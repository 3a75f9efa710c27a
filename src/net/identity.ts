/** The node's identity: an Ed25519 key in the datastore. */
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";
import type { Datastore } from "interface-datastore";
import { Key } from "interface-datastore";

const IDENTITY_KEY = "/ww/identity";

/** The datastore's key; created on first use, and again if the stored key is malformed. */
export async function openIdentity(datastore: Datastore): Promise<PrivateKey> {
  const key = new Key(IDENTITY_KEY);
  if (await datastore.has(key)) {
    const stored = readKey(await datastore.get(key));
    if (stored !== undefined) return stored;
  }
  const made = await generateKeyPair("Ed25519");
  await datastore.put(key, privateKeyToProtobuf(made));
  return made;
}

function readKey(bytes: Uint8Array): PrivateKey | undefined {
  try {
    return privateKeyFromProtobuf(bytes);
  } catch {
    return undefined;
  }
}
