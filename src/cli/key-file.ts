/** A private key in a file that only its owner can read. */
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { Exception } from "#base";
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";

/**
 * The key in the file, in libp2p's protobuf form; if there is no file, an Ed25519 key is created.
 *
 * @throws {Exception} `failed` when the file does not hold a key.
 */
export async function openKeyFile(path: string): Promise<PrivateKey> {
  const bytes = await readFile(path).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === "ENOENT") return undefined;
    throw reason;
  });
  if (bytes !== undefined) {
    try {
      return privateKeyFromProtobuf(bytes);
    } catch (reason) {
      throw new Exception(
        "failed",
        `"${path}" is not a private key; remove it to begin with a new one`,
        {
          cause: reason,
        },
      );
    }
  }
  const made = await generateKeyPair("Ed25519");
  // Written completely or not at all, and readable only by its owner.
  const draft = `${path}.new`;
  await writeFile(draft, privateKeyToProtobuf(made), { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return made;
}
