/** What a local node keeps from one start to the next: the identity of its relay. One process at a time may use it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Exception } from "#base";
import type { PrivateKey } from "@libp2p/interface";
import { explainFile } from "./explain-file.ts";
import { openKeyFile } from "./key-file.ts";
import { lockFolder } from "./lock-folder.ts";

export interface State extends AsyncDisposable {
  readonly identity: PrivateKey;
}

/**
 * Opens the state in a folder, which is created if necessary. Disposing leaves the state to the next process.
 *
 * @throws {Exception} `failed` when another process uses the folder, it cannot be written to, or it holds no identity.
 */
export async function openState(folder: string): Promise<State> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await using stack = new AsyncDisposableStack();
    const lock = await lockFolder(folder);
    if (lock === undefined) {
      throw new Exception(
        "failed",
        "another process uses it; stop that, or choose another folder with --state",
      );
    }
    stack.use(lock);
    const identity = await openKeyFile(join(folder, "identity"));
    const owned = stack.move();
    return { identity, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  } catch (reason) {
    throw new Exception("failed", `Cannot use the state in "${folder}": ${explainFile(reason)}`, {
      cause: reason,
    });
  }
}
