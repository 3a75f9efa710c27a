/** A file tree on the other side of a port: the index is sent at once, contents by range on demand. */
import type { Waiting } from "./duplex.ts";
import { Exception } from "./exception.ts";
import { openCalls, read, serveCalls } from "./port-calls.ts";
import type { EventualTree, TreeEntry } from "./tree.ts";

/** The question of a call over the port. */
interface ReadQuestion {
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Serves contents on the port until it is closed; the signal ends reads in flight. */
export function serveTree(
  tree: Pick<EventualTree, "read">,
  port: MessagePort,
  signal: AbortSignal,
): void {
  serveCalls(port, async (question) => {
    const { path, offset, lengthBytes } = toReadQuestion(question);
    const bytes = await tree.read(path, offset, lengthBytes, { signal });
    // An array of its own is transferred; of a view, the whole buffer would be.
    const whole = bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
    return { value: whole, moved: [whole.buffer] };
  });
  port.start();
}

/** @throws {TypeError} for any other value: the message comes from an untrusted thread */
function toReadQuestion(question: unknown): ReadQuestion {
  const [path, offset, lengthBytes] = ["path", "offset", "lengthBytes"].map((name) =>
    read(question, name),
  );
  if (typeof path === "string" && isCount(offset) && isCount(lengthBytes)) {
    return { path, offset, lengthBytes };
  }
  throw new TypeError("Cannot read from a tree: the question names no range of a file");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A tree that is served on the other side of a port. */
export interface RemoteTree<Entry> {
  readonly entries: ReadonlyMap<string, Entry>;
  read(path: string, offset: number, lengthBytes: number, options?: Waiting): Promise<Uint8Array>;
}

/** @param entries the index, which was sent with the port */
export function openRemoteTree<Entry = TreeEntry>(
  entries: ReadonlyMap<string, Entry>,
  port: MessagePort,
): RemoteTree<Entry> {
  const calls = openCalls(port);
  port.start();
  return {
    entries,
    async read(path, offset, lengthBytes, options = {}) {
      const question: ReadQuestion = { path, offset, lengthBytes };
      const bytes = await calls.call(question, options);
      if (bytes instanceof Uint8Array && bytes.length <= lengthBytes) return bytes;
      throw new Exception("failed", `Cannot read "${path}": the answer is not what was requested`);
    },
  };
}
