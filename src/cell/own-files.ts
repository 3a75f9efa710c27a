/** Spill files that workers open themselves: each waiting worker gets one, which is removed after the worker has ended. */
import type { OwnFile } from "./own-spill.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Delays before each attempt to remove a file, which stays locked for some ms after its worker is terminated. */
const RETRIES_MS = [5, 20, 100, 500, 2500];

/**
 * Wraps a worker, and sends it a file in a folder of its own.
 *
 * A holder of a file's handle can move the file within its folder, so no two workers share a folder. A folder that cannot
 * be removed after the last attempt is removed at the next start.
 */
export function lendFile(
  worker: WorkerLike,
  openFolder: () => Promise<FileSystemDirectoryHandle>,
): WorkerLike {
  const name = crypto.randomUUID();
  let ended = false;
  const lend = async (): Promise<FileSystemDirectoryHandle> => {
    const folder = await openFolder();
    const own = await folder.getDirectoryHandle(name, { create: true });
    const file = await own.getFileHandle("pages", { create: true });
    if (!ended) worker.postMessage({ type: "own-file", file } satisfies OwnFile);
    return folder;
  };
  // The pages of a worker without a file spill to a file of the host.
  const lent = lend().catch(() => undefined);
  return {
    postMessage: (message, moved) => worker.postMessage(message, moved),
    addEventListener: (...listener) => worker.addEventListener(...listener),
    removeEventListener: (...listener) => worker.removeEventListener(...listener),
    terminate() {
      worker.terminate();
      if (ended) return;
      ended = true;
      void lent.then((folder) => folder && remove(folder, name));
    },
  };
}

async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (const delayMs of RETRIES_MS) {
    await new Promise((resolve) => {
      setTimeout(resolve, delayMs);
    });
    try {
      return await folder.removeEntry(name, { recursive: true });
    } catch {
      // The file is still open.
    }
  }
}
