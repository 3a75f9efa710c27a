/** Files of workers: each gets one when it waits for its cell, and it is removed when the worker has ended. */
import type { OwnFile } from "./own-spill.ts";
import type { WorkerLike } from "./worker-like.ts";

/** A worker that was terminated holds its file for some ms more. */
const RETRIES_MS = [5, 20, 100, 500, 2500];

/**
 * The same worker, which is sent a file in a folder of its own.
 *
 * By its handle a file can be moved within its folder, so no two workers share one. What cannot be removed in the end is
 * removed at the next start.
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
  // A worker without one has its host keep what it has no memory for.
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
      // It is still open.
    }
  }
}
