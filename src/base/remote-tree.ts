/** A file tree on the other side of a port: the index travels at once, contents by range when asked for. */
import { expose, transfer, wrap } from "comlink";
import type { Waiting } from "./duplex.ts";
import type { EventualTree, Mount, TreeEntry } from "./tree.ts";

interface TreeService {
  read(path: string, offset: number, lengthBytes: number): Promise<Uint8Array>;
}

/** Serves contents on the port until it is closed; reads under way end with the signal. */
export function serveTree(
  tree: Pick<EventualTree, "read">,
  port: MessagePort,
  signal: AbortSignal,
): void {
  const service: TreeService = {
    async read(path, offset, lengthBytes) {
      const bytes = await tree.read(path, offset, lengthBytes, { signal });
      // The tree may keep what it gave, so a copy goes.
      const copy = bytes.slice();
      return transfer(copy, [copy.buffer]);
    },
  };
  expose(service, port);
}

/** What was served on the other side of a port. */
export interface RemoteTree<Entry> {
  readonly entries: ReadonlyMap<string, Entry>;
  read(path: string, offset: number, lengthBytes: number, options?: Waiting): Promise<Uint8Array>;
}

/** The tree behind the port, with the index that came along. */
export function openRemoteTree<Entry = TreeEntry>(
  entries: ReadonlyMap<string, Entry>,
  port: MessagePort,
): RemoteTree<Entry> {
  const remote = wrap<TreeService>(port);
  return {
    entries,
    read(path, offset, lengthBytes, { signal } = {}) {
      return unlessAborted(remote.read(path, offset, lengthBytes), signal);
    },
  };
}

/** A mount as it is posted; the port is transferred. */
export interface PostedMount {
  readonly path: string;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly port: MessagePort;
}

/** Serves each mount on a port of its own until the signal fires. */
export function serveMounts(mounts: readonly Mount[], signal: AbortSignal): PostedMount[] {
  return mounts.map(({ path, tree }) => {
    const { port1, port2 } = new MessageChannel();
    serveTree(tree, port1, signal);
    signal.addEventListener("abort", () => port1.close(), { once: true });
    return { path, entries: tree.entries, port: port2 };
  });
}

/** The mounts behind the ports. */
export function openRemoteMounts(mounts: readonly PostedMount[]): Mount[] {
  return mounts.map(({ path, entries, port }) => ({ path, tree: openRemoteTree(entries, port) }));
}

/** The answer, or the signal's reason: a far end that is gone never answers. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}
