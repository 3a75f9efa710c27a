/** A tree that many cells read and write, kept by their host: of an image first, then of what they make of it. */
import { Exception } from "#base";
import type { EventualTree, SharedFiles, Snapshot, Waiting } from "#base";
import { applySnapshot, createFileService, Files, takeSnapshot } from "#vfs";
import type { FileService, FileUpload } from "#vfs";
import { openFileSession } from "#wasi";
import type { CellSpill } from "./start-cell.ts";

export interface SharedTree extends SharedFiles, AsyncDisposable {
  /** For programs that name whole paths. */
  readonly service: FileService;
  /** What all files may have that were written, and what of that is left. */
  readonly diskBytes: { readonly limit: number; readonly left: number };
  /** Gives what the files are now, and keeps them as they are until the promise has settled: calls of cells wait. */
  freeze<T>(keep: (snapshot: Snapshot) => Promise<T>): Promise<T>;
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
  let frozen: Promise<unknown> | undefined;
  const thaw = async (): Promise<void> => {
    for (let now = frozen; now !== undefined; now = frozen) await now.catch(() => undefined);
  };
  const service = createFileService(files);
  const unlessFrozen =
    <A extends readonly unknown[], R>(change: (...args: A) => R) =>
    (...args: A): R | "busy" =>
      frozen === undefined ? change(...args) : "busy";
  const freeze: SharedTree["freeze"] = async (keep) => {
    await thaw();
    const keeping = keep(takeSnapshot(files));
    frozen = keeping;
    try {
      return await keeping;
    } finally {
      frozen = undefined;
    }
  };
  return {
    service: {
      ...service,
      write: unlessFrozen((path: string) => {
        const upload = service.write(path);
        return typeof upload === "string" ? upload : guardUpload(upload, () => frozen);
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
    openSession(options) {
      const session = openFileSession(files, options);
      return {
        async answer(call, body) {
          await thaw();
          return session.answer(call, body);
        },
        [Symbol.dispose]: () => session[Symbol.dispose](),
      };
    },
    freeze,
    async fork(waiting) {
      await using stack = new AsyncDisposableStack();
      const opened = openFiles(options);
      stack.use(opened.spill);
      const refusal = await freeze((snapshot) =>
        applySnapshot(snapshot, options.tree, opened.files, waiting),
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
function guardUpload(upload: FileUpload, frozen: () => unknown): FileUpload {
  return {
    write: (bytes, options) => upload.write(bytes, options),
    commit: () => (frozen() === undefined ? upload.commit() : "busy"),
    [Symbol.dispose]: () => upload[Symbol.dispose](),
  };
}
