/** A tree in the host that many cells read and write; it begins with the files of an image. */
import { createNotice, createSequence, Exception } from "#base";
import type { EventualTree, SharedFiles, Snapshot, Waiting } from "#base";
import { applySnapshot, createFileService, Files, takeSnapshot } from "#vfs";
import type { FileService, FileUpload } from "#vfs";
import { openFileSession } from "#wasi";
import type { ChangeFiles } from "#wasi";
import type { CellSpill } from "./start-cell.ts";

export interface SharedTree extends SharedFiles, AsyncDisposable {
  /** Access by whole paths, for the owner. */
  readonly service: FileService;
  /** Quota for written files, and the part of it that is left. */
  readonly diskBytes: { readonly limit: number; readonly left: number };
  /** Calls `keep` with a snapshot. Until the promise settles, changes by cells wait, and the service answers `busy`. */
  freeze<T>(keep: (snapshot: Snapshot) => Promise<T>, options?: Waiting): Promise<T>;
  /**
   * Copies the files to a new tree. Unchanged files are shared and not copied, so the time depends on the number of changes.
   *
   * @throws {Exception} `overloaded` when there is no room for the changes.
   */
  fork(options: Waiting): Promise<SharedTree>;
}

export interface SharedTreeOptions {
  readonly tree: EventualTree;
  /** Creates a spill for the contents of files. */
  readonly createSpill: (() => CellSpill) | undefined;
  /** The wall clock, in nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** Memory from which the files' quota is computed, as for one cell. */
  readonly memoryBytes: number;
}

export function openSharedTree(options: SharedTreeOptions): SharedTree {
  return shareFiles(options, openFiles(options));
}

interface OpenFiles {
  readonly files: Files;
  readonly spill: CellSpill | undefined;
}

function openFiles({ tree, createSpill, nowNs, memoryBytes }: SharedTreeOptions): OpenFiles {
  const spill = createSpill?.();
  const files = new Files({
    tree,
    writable: true,
    mounts: [],
    hasTmp: false,
    nowNs,
    spill,
    cellMemoryBytes: memoryBytes,
  });
  // Programs expect it. If the image has one, this call changes nothing.
  files.createDirectory(files.root, "tmp");
  return { files, spill };
}

function shareFiles(options: SharedTreeOptions, { files, spill }: OpenFiles): SharedTree {
  const notice = createNotice();
  /** `changing` counts changes in flight: some wait for contents of the image. */
  const now = { frozen: false, changing: 0 };
  const inTurn = createSequence();
  const change: ChangeFiles = async (carryOut) => {
    while (now.frozen) await notice.wait();
    now.changing++;
    try {
      return await carryOut();
    } finally {
      now.changing--;
      notice.notify();
    }
  };
  const keepStill = async <T>(
    keep: (snapshot: Snapshot) => Promise<T>,
    options?: Waiting,
  ): Promise<T> => {
    options?.signal?.throwIfAborted();
    now.frozen = true;
    try {
      while (now.changing > 0) await notice.wait(options);
      return await keep(takeSnapshot(files));
    } finally {
      now.frozen = false;
      notice.notify();
    }
  };
  const service = createFileService(files);
  const unlessFrozen =
    <A extends readonly unknown[], R>(carryOut: (...args: A) => R) =>
    (...args: A): R | "busy" =>
      now.frozen ? "busy" : carryOut(...args);
  const freeze: SharedTree["freeze"] = (keep, waiting) => inTurn(() => keepStill(keep, waiting));
  return {
    service: {
      ...service,
      write: unlessFrozen((path: string) => {
        const upload = service.write(path);
        return typeof upload === "string" ? upload : guardUpload(upload, () => now.frozen);
      }),
      makeDirectory: unlessFrozen((path: string) => service.makeDirectory(path)),
      move: unlessFrozen((path: string, to: string) => service.move(path, to)),
      remove: unlessFrozen((path: string) => service.remove(path)),
      setMetadata: unlessFrozen((path: string, metadata: ReadonlyMap<string, string>) =>
        service.setMetadata(path, metadata),
      ),
    },
    get diskBytes() {
      return files.quota.bytes;
    },
    openSession: (session) => openFileSession(files, session, change),
    freeze,
    async fork(waiting) {
      await using stack = new AsyncDisposableStack();
      const opened = openFiles(options);
      stack.use(opened.spill);
      const refusal = await freeze(
        (snapshot) => applySnapshot(snapshot, options.tree, opened.files, waiting),
        waiting,
      );
      if (refusal !== undefined) {
        throw new Exception("overloaded", `Cannot fork the files: they were refused (${refusal})`);
      }
      stack.move();
      return shareFiles(options, opened);
    },
    async [Symbol.asyncDispose]() {
      await spill?.[Symbol.asyncDispose]();
    },
  };
}

/** Refuses only to commit while the files are frozen: an upload has no name yet, so it may grow. */
function guardUpload(upload: FileUpload, isFrozen: () => boolean): FileUpload {
  return {
    write: (bytes, options) => upload.write(bytes, options),
    commit: () => (isFrozen() ? "busy" : upload.commit()),
    [Symbol.dispose]: () => upload[Symbol.dispose](),
  };
}
