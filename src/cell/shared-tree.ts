/** A tree that many cells read and write, kept by their host: of an image first, then of what they make of it. */
import { createNotice, createSequence, Exception } from "#base";
import type { EventualTree, SharedFiles, Snapshot, Waiting } from "#base";
import { applySnapshot, createFileService, Files, takeSnapshot } from "#vfs";
import type { FileService, FileUpload } from "#vfs";
import { openFileSession } from "#wasi";
import type { ChangeFiles } from "#wasi";
import type { CellSpill } from "./start-cell.ts";

export interface SharedTree extends SharedFiles, AsyncDisposable {
  /** For programs that name whole paths. */
  readonly service: FileService;
  /** What all files may have that were written, and what of that is left. */
  readonly diskBytes: { readonly limit: number; readonly left: number };
  /** Gives what the files are, and keeps them as they are until the promise has settled: changes by cells wait. */
  freeze<T>(keep: (snapshot: Snapshot) => Promise<T>, options?: Waiting): Promise<T>;
  /**
   * Another tree with the same files, of which those that have not changed are one. It takes as long as there are changes.
   *
   * @throws {Exception} `overloaded` when there is no room for them.
   */
  fork(options: Waiting): Promise<SharedTree>;
}

export interface SharedTreeOptions {
  readonly tree: EventualTree;
  /** Opens a place for contents that memory has no room for. */
  readonly createSpill: (() => CellSpill) | undefined;
  /** The wall clock, in nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** How much memory the files may take, as for one cell. */
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
  // As on any system; one that the image has is left as it is.
  files.createDirectory(files.root, "tmp");
  return { files, spill };
}

function shareFiles(options: SharedTreeOptions, { files, spill }: OpenFiles): SharedTree {
  const notice = createNotice();
  /** Changes that have begun are counted; some wait in their middle for contents of the image. */
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
    openSession: (given) => openFileSession(files, given, change),
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

/** Contents that nobody can see yet may grow while all others are kept as they are. */
function guardUpload(upload: FileUpload, isFrozen: () => boolean): FileUpload {
  return {
    write: (bytes, options) => upload.write(bytes, options),
    commit: () => (isFrozen() ? "busy" : upload.commit()),
    [Symbol.dispose]: () => upload[Symbol.dispose](),
  };
}
