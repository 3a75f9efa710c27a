/** A file tree that the processes of a sandbox share, as a capability. @see capnp/common/sandbox.capnp Files */
import { createSequence, Exception } from "#base";
import type { Eventually, FileRefusal, Waiting } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import type { Client, Init } from "#capnp";
import { ByteStream, Upload } from "#schema";
import type {
  ByteStreamServer,
  FileChange,
  FileEntry,
  FileRefusal as FileRefusalRecord,
  FilesServer,
  FileWatcher,
  UploadServer,
} from "#schema";
import { toWireTime } from "./wire-time.ts";

/** An entry of the tree. Paths are relative to the root, without a leading slash. */
export interface TreeItem {
  readonly path: string;
  readonly type: "file" | "directory" | "link";
  readonly sizeBytes: number;
  readonly target: string;
  readonly modifiedNs: bigint | undefined;
  readonly metadata: ReadonlyMap<string, string>;
}

export type TreeChange =
  | { readonly type: "created" | "written" | "touched" | "removed"; readonly path: string }
  | { readonly type: "renamed"; readonly path: string; readonly to: string };

/** An open file. Disposing closes it. */
export interface TreeFile extends Disposable {
  readonly sizeBytes: number;
  /** Identifies the file and its contents: another file, or other contents, have another id. */
  readonly id: string;
  /** Reads at least one byte, none only at the end. */
  read(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array>;
}

/** A file without a name yet. Disposing it before `commit` leaves nothing behind. */
export interface TreeUpload extends Disposable {
  write(bytes: Uint8Array, options?: Waiting): Promise<FileRefusal | undefined>;
  commit(): TreeItem | FileRefusal;
}

/** A tree of files that can be changed, addressed by whole paths. */
export interface FilesDevice {
  stat(path: string, follow: boolean): TreeItem | FileRefusal;
  list(path: string, depth: number): readonly TreeItem[] | FileRefusal;
  read(path: string): TreeFile | FileRefusal;
  write(path: string): TreeUpload | FileRefusal;
  makeDirectory(path: string): FileRefusal | undefined;
  move(path: string, to: string): FileRefusal | undefined;
  remove(path: string): FileRefusal | undefined;
  watch(
    path: string,
    recursive: boolean,
    listener: (change: TreeChange) => void,
  ): (() => void) | FileRefusal;
  setMetadata(path: string, metadata: ReadonlyMap<string, string>): FileRefusal | undefined;
}

/** Maximum length of one read, so that an answer stays a message of moderate size. */
const READ_BYTES = 1024 * 1024;
/** Maximum depth of a list: 1 for a directory's own entries, more for those of its subdirectories. */
const DEPTH_LIMIT = 1024;
/**
 * Changes that may wait for a watcher. A watcher that is further behind is notified of that, and gets no more changes.
 */
const CHANGES_LIMIT = 100_000;
/** Maximum number of changes in one call. */
const CHANGES_IN_CALL = 1024;
/** Maximum length of the waiting changes' paths, and of those in one call, in characters. */
const LETTERS_LIMIT = 32 * 1024 * 1024;
const LETTERS_IN_CALL = 1024 * 1024;
/** Maximum length of names and values together, in characters. */
const METADATA_LETTERS = 8192;

export function serveFiles(device: FilesDevice): FilesServer {
  return {
    stat: (path, follow) => toEntryResult(device.stat(path, follow)),
    list(path, depth) {
      const items = device.list(path, Math.min(Math.max(1, depth), DEPTH_LIMIT));
      if (typeof items === "string") return { entries: [], refusal: REFUSALS[items] };
      return { entries: items.map(toEntry), refusal: "none" };
    },
    read(path, offset, lengthBytes) {
      const file = device.read(path);
      if (typeof file === "string") return { refusal: REFUSALS[file] };
      const { sizeBytes } = file;
      const end = lengthBytes < 0 ? Infinity : offset + lengthBytes;
      return {
        stream: serve(ByteStream, serveFile(file, offset, end)),
        sizeBytes,
        refusal: "none",
      };
    },
    write(path) {
      const upload = device.write(path);
      if (typeof upload === "string") return { refusal: REFUSALS[upload] };
      return { upload: serveUpload(upload), refusal: "none" };
    },
    makeDirectory: (path) => toRefusal(device.makeDirectory(path)),
    move: (path, to) => toRefusal(device.move(path, to)),
    remove: (path) => toRefusal(device.remove(path)),
    watch(path, recursive, watcher) {
      const watching = watchFiles(device, path, recursive, dup(watcher));
      if (typeof watching === "string") return { refusal: REFUSALS[watching] };
      return { watching, refusal: "none" };
    },
    setMetadata(path, metadata) {
      const letters = metadata.reduce(
        (sum, { name, value }) => sum + name.length + value.length,
        0,
      );
      if (letters > METADATA_LETTERS) return toRefusal("invalid");
      const pairs = metadata.map(({ name, value }) => [name, value] as const);
      return toRefusal(device.setMetadata(path, new Map(pairs)));
    },
  };
}

/** Takes ownership of the file. */
function serveFile(file: TreeFile, offset: number, end: number): ByteStreamServer & Disposable {
  let position = Math.max(0, Math.floor(offset));
  const inTurn = createSequence();
  const read = async (maxBytes: number, signal: AbortSignal): Promise<Uint8Array> => {
    const length = Math.min(maxBytes, READ_BYTES, end - position);
    if (!(length > 0)) return NOTHING;
    const bytes = await file.read(position, length, { signal });
    position += bytes.length;
    return bytes;
  };
  return {
    read(maxBytes, { signal }) {
      return inTurn(async () => ({ data: await read(maxBytes, signal) }));
    },
    write() {
      throw new Exception("failed", "Cannot write: the stream is read-only");
    },
    close() {
      end = 0;
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

/** Takes ownership of the upload. */
function serveUpload(upload: TreeUpload): Upload {
  let refusal: FileRefusal | undefined;
  const inTurn = createSequence();
  const stream = {
    read() {
      throw new Exception("failed", "Cannot read: the stream is write-only");
    },
    write(data, { signal }) {
      // Parameters are only lent until the call returns.
      const own = data.slice();
      return inTurn(async () => {
        refusal ??= await upload.write(own, { signal });
        if (refusal !== undefined) {
          const kind = FULL.has(refusal) ? "overloaded" : "failed";
          throw new Exception(kind, `Cannot write: the file was refused (${refusal})`);
        }
      });
    },
    close() {},
  } satisfies ByteStreamServer;
  const server: UploadServer & Disposable = {
    stream: () => ({ stream: serve(ByteStream, stream) }),
    commit: () => inTurn(() => toEntryResult(refusal ?? upload.commit())),
    [Symbol.dispose]: () => upload[Symbol.dispose](),
  };
  return serve(Upload, server);
}

/** Takes ownership of the watcher. */
function watchFiles(
  device: FilesDevice,
  path: string,
  recursive: boolean,
  watcher: FileWatcher,
): Client | FileRefusal {
  let waiting: TreeChange[] = [];
  let letters = 0;
  let notifying = false;
  /** Takes the first changes that fit into one call, and at least one. */
  const take = (): TreeChange[] => {
    let count = 0;
    for (let characters = 0; count < Math.min(waiting.length, CHANGES_IN_CALL); count++) {
      characters += lettersOf(waiting[count]);
      if (characters > LETTERS_IN_CALL && count > 0) break;
    }
    const taken = waiting.splice(0, count);
    for (const change of taken) letters -= lettersOf(change);
    return taken;
  };
  const notify = async (): Promise<void> => {
    if (notifying) return;
    notifying = true;
    try {
      // Waits a microtask, to gather the changes of one turn.
      await Promise.resolve();
      while (waiting.length > 0) {
        await watcher.changed(take().map(toChange));
      }
    } catch {
      // The watcher has disconnected or thrown.
      end();
    } finally {
      notifying = false;
    }
  };
  const unwatch = device.watch(path, recursive, (change) => {
    const before = waiting.at(-1);
    if (change.type === "written" && before?.type === "written" && before.path === change.path) {
      return;
    }
    waiting.push(change);
    letters += lettersOf(change);
    if (waiting.length > CHANGES_LIMIT || letters > LETTERS_LIMIT) void lose();
    else void notify(); // never rejects
  });
  if (typeof unwatch === "string") {
    watcher[Symbol.dispose]();
    return unwatch;
  }
  const lose = async (): Promise<void> => {
    unwatch();
    waiting = [];
    const reason = "Too many changes wait for this watcher";
    await watcher.lost(reason).then(undefined, () => undefined);
    end();
  };
  const end = (): void => {
    unwatch();
    waiting = [];
    watcher[Symbol.dispose]();
  };
  return serve(AnyClient, { [Symbol.dispose]: end });
}

function lettersOf(change: TreeChange | undefined): number {
  if (change === undefined) return 0;
  return change.path.length + (change.type === "renamed" ? change.to.length : 0);
}

function toChange(change: TreeChange): Init<FileChange> {
  const { path } = change;
  switch (change.type) {
    case "created":
      return { path, which: "created", created: undefined };
    case "written":
      return { path, which: "written", written: undefined };
    case "removed":
      return { path, which: "removed", removed: undefined };
    case "touched":
      return { path, which: "touched", touched: undefined };
    case "renamed":
      return { path, which: "renamed", renamed: change.to };
    default:
      return change satisfies never;
  }
}

function toEntry(item: TreeItem): Init<FileEntry> {
  const { path } = item;
  const modifiedNs = toWireTime(item.modifiedNs);
  const metadata = [...item.metadata].map(([name, value]) => ({ name, value }));
  const common = { path, modifiedNs, metadata };
  switch (item.type) {
    case "directory":
      return { ...common, which: "directory", directory: undefined };
    case "file":
      return { ...common, which: "file", file: item.sizeBytes };
    case "link":
      return { ...common, which: "link", link: item.target };
    default:
      return item.type satisfies never;
  }
}

function toEntryResult(item: TreeItem | FileRefusal): {
  readonly entry?: Init<FileEntry>;
  readonly refusal: FileRefusalRecord;
} {
  return typeof item === "string"
    ? { refusal: REFUSALS[item] }
    : { entry: toEntry(item), refusal: "none" };
}

function toRefusal(error: FileRefusal | undefined): { readonly refusal: FileRefusalRecord } {
  return { refusal: error === undefined ? "none" : REFUSALS[error] };
}

const REFUSALS: Readonly<Record<FileRefusal, FileRefusalRecord>> = {
  "bad-descriptor": "badDescriptor",
  busy: "busy",
  "cross-device": "crossDevice",
  exist: "exist",
  "file-too-large": "fileTooLarge",
  "insufficient-memory": "insufficientMemory",
  "insufficient-space": "insufficientSpace",
  invalid: "invalid",
  io: "io",
  "is-directory": "isDirectory",
  loop: "loop",
  "name-too-long": "nameTooLong",
  "no-entry": "noEntry",
  "not-directory": "notDirectory",
  "not-empty": "notEmpty",
  "not-permitted": "notPermitted",
  "read-only": "readOnly",
};
/** Refusals for lack of room, which may be there later. */
const FULL: ReadonlySet<FileRefusal> = new Set(["insufficient-space", "insufficient-memory"]);

const NOTHING: Uint8Array = new Uint8Array(0);
