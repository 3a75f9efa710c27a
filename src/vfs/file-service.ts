/**
 * Files for callers that name whole paths, such as a sandbox's owner: each call is one operation from the root.
 *
 * Slashes at the ends of a path are ignored, and the empty path is the root.
 */
import { Exception } from "#base";
import type { Eventually, FileRefusal, Waiting } from "#base";
import type { Files } from "./files.ts";
import type { Change } from "./journal.ts";
import { joinPath, pathOf } from "./node.ts";
import type { DirectoryNode, FileNode, Node } from "./node.ts";

/** A file, directory or link at a path. */
export interface FileItem {
  /** From the root, without a leading slash. */
  readonly path: string;
  readonly type: Node["type"];
  /** Size of a file in bytes; otherwise 0. */
  readonly sizeBytes: number;
  /** Target of a link, as it was written; otherwise empty. */
  readonly target: string;
  /** Nanoseconds since 1970; `undefined` if unknown. */
  readonly modifiedNs: bigint | undefined;
  readonly metadata: ReadonlyMap<string, string>;
}

/** A file that is being read; it exists until this is disposed, even if its name is removed. */
export interface OpenFile extends Disposable {
  readonly sizeBytes: number;
  /** Identifies the file and its present contents. */
  readonly id: string;
  /** One to `lengthBytes` bytes, or none at the end. @throws {Exception} when they are unavailable */
  read(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array>;
}

/** A file that has no name yet. Disposing it before `commit` discards it. */
export interface FileUpload extends Disposable {
  /** Appends the bytes; `undefined` when all are written. */
  write(bytes: Uint8Array, options?: Waiting): Promise<FileRefusal | undefined>;
  /** Gives the file its name, replacing any file there; creates missing parents. */
  commit(): FileItem | FileRefusal;
}

export interface FileService {
  /** @param follow whether to follow a link at the end of the path; links before the end are always followed */
  stat(path: string, follow: boolean): FileItem | FileRefusal;
  /** The entries below a directory, `depth` levels deep: parents first, names in order. Does not follow links. */
  list(path: string, depth: number): readonly FileItem[] | FileRefusal;
  read(path: string): OpenFile | FileRefusal;
  write(path: string): FileUpload | FileRefusal;
  /** Creates missing parents, too. */
  makeDirectory(path: string): FileRefusal | undefined;
  /** Replaces a file, or an empty directory; missing parents are created. */
  move(path: string, to: string): FileRefusal | undefined;
  /** Removes an entry, and everything below a directory; the root is only emptied. */
  remove(path: string): FileRefusal | undefined;
  /** Calls the listener at each change in a directory, or anywhere below it, until the returned function is called. */
  watch(
    path: string,
    recursive: boolean,
    listener: (change: Change) => void,
  ): (() => void) | FileRefusal;
  setMetadata(path: string, metadata: ReadonlyMap<string, string>): FileRefusal | undefined;
}

/** Most entries in one answer of `list`. */
const LIST_LIMIT = 100_000;
/** Most characters in one answer: it is one message, and a message too large for its reader would end the connection. */
const LIST_LETTERS = 8 * 1024 * 1024;
const NOTHING: ReadonlyMap<string, string> = new Map();

/** Borrows the files. */
export function createFileService(files: Files): FileService {
  const find = (path: string, follow = true): Node | FileRefusal => {
    const plain = toPlain(path);
    return plain === "" ? files.root : files.find(files.root, plain, follow);
  };
  const findFile = (path: string): FileNode | FileRefusal => {
    const node = find(path);
    if (typeof node === "string" || node.type === "file") return node;
    return node.type === "directory" ? "is-directory" : "loop";
  };
  const findDirectory = (path: string): DirectoryNode | FileRefusal => {
    const node = find(path);
    if (typeof node === "string" || node.type === "directory") return node;
    return "not-directory";
  };
  /** Creates the missing directories above a path. */
  const makeParents = (path: string): FileRefusal | undefined => {
    const names = toPlain(path).split("/").filter(Boolean);
    for (let count = 1; count < names.length; count++) {
      const parent = names.slice(0, count).join("/");
      const refusal = files.createDirectory(files.root, parent);
      if (refusal === undefined) continue;
      if (refusal !== "exist") return refusal;
      const found = findDirectory(parent);
      if (typeof found === "string") return found;
    }
    return undefined;
  };
  const listBelow = (
    directory: DirectoryNode,
    path: string,
    depth: number,
    list: List,
  ): FileRefusal | undefined => {
    for (const name of files.names(directory)) {
      const node = files.find(directory, name, false);
      if (typeof node === "string") return node;
      const item = toItem(node, joinPath(path, name));
      list.items.push(item);
      list.letters += lettersOf(item);
      if (list.items.length > LIST_LIMIT || list.letters > LIST_LETTERS) {
        return "insufficient-memory";
      }
      if (node.type !== "directory" || depth <= 1) continue;
      const refusal = listBelow(node, item.path, depth - 1, list);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  /** Without recursion: a tree may be deeper than the call stack. */
  const removeBelow = (top: DirectoryNode): FileRefusal | undefined => {
    const above = [{ directory: top, names: files.names(top).toReversed() }];
    for (let last = above.at(-1); last !== undefined; last = above.at(-1)) {
      const { directory, names } = last;
      const name = names.at(-1);
      if (name === undefined) {
        above.pop();
        continue;
      }
      const node = files.find(directory, name, false);
      if (typeof node === "string") return node;
      if (node.type === "directory" && files.names(node).length > 0) {
        above.push({ directory: node, names: files.names(node).toReversed() });
        continue;
      }
      const refusal =
        node.type === "directory"
          ? files.removeDirectory(directory, name)
          : files.removeFile(directory, name);
      if (refusal !== undefined) return refusal;
      names.pop();
    }
    return undefined;
  };
  const openUpload = (path: string, file: FileNode): FileUpload => {
    let isOpen = true;
    files.hold(file);
    const dispose = (): void => {
      if (!isOpen) return;
      isOpen = false;
      files.release(file);
    };
    return {
      async write(bytes, options) {
        for (let rest = bytes; rest.length > 0;) {
          if (!isOpen) throw new Exception("failed", "Cannot write: the upload has ended");
          const end = file.content.sizeBytes;
          const refusal = await file.content.prepare(end, rest.length, options);
          if (refusal !== undefined) return refusal;
          const written = files.write(file, end, rest);
          if (typeof written === "string") return written;
          if (written === 0) return "insufficient-space";
          rest = rest.subarray(written);
        }
        return undefined;
      },
      commit() {
        if (!isOpen) throw new Exception("failed", "Cannot commit: the upload has ended");
        const refusal = makeParents(path) ?? files.place(file, files.root, toPlain(path));
        if (refusal !== undefined) return refusal;
        dispose();
        return toItem(file, pathOf(file) ?? toPlain(path));
      },
      [Symbol.dispose]: dispose,
    };
  };
  return {
    stat(path, follow) {
      const node = find(path, follow);
      return typeof node === "string" ? node : toItem(node, pathOf(node) ?? toPlain(path));
    },
    list(path, depth) {
      const directory = findDirectory(path);
      if (typeof directory === "string") return directory;
      const found: List = { items: [], letters: 0 };
      return listBelow(directory, toPlain(path), depth, found) ?? found.items;
    },
    read(path) {
      const file = findFile(path);
      if (typeof file === "string") return file;
      files.hold(file);
      let isOpen = true;
      return {
        get sizeBytes() {
          return file.content.sizeBytes;
        },
        get id() {
          return `${file.ino} ${file.content.version}`;
        },
        read: (offset, lengthBytes, options) =>
          file.content.readNow(offset, lengthBytes) ??
          file.content.read(offset, lengthBytes, options),
        [Symbol.dispose]() {
          if (isOpen) files.release(file);
          isOpen = false;
        },
      };
    },
    write(path) {
      const found = findFile(path);
      if (found === "is-directory") return found;
      const file = files.createUnnamed();
      return typeof file === "string" ? file : openUpload(path, file);
    },
    makeDirectory(path) {
      const plain = toPlain(path);
      return (
        makeParents(plain) ?? (plain === "" ? "exist" : files.createDirectory(files.root, plain))
      );
    },
    move(path, to) {
      // Creates no parents when the source does not exist.
      const found = find(path, false);
      if (typeof found === "string") return found;
      const { root } = files;
      return makeParents(to) ?? files.rename(root, toPlain(path), root, toPlain(to));
    },
    remove(path) {
      const node = find(path, false);
      if (typeof node === "string") return node;
      const plain = toPlain(path);
      if (node.type !== "directory") return files.removeFile(files.root, plain);
      const refusal = removeBelow(node);
      // The root itself cannot be removed.
      return refusal ?? (plain === "" ? undefined : files.removeDirectory(files.root, plain));
    },
    watch(path, recursive, listener) {
      const directory = findDirectory(path);
      if (typeof directory === "string") return directory;
      const isSeen = (changed: string): boolean => {
        const own = pathOf(directory);
        if (own === undefined) return false;
        const prefix = own === "" ? "" : `${own}/`;
        if (!changed.startsWith(prefix) || changed === own) return false;
        return recursive || !changed.includes("/", prefix.length);
      };
      return files.listen((change) => {
        const sees = isSeen(change.path);
        if (change.type !== "renamed") return sees ? listener(change) : undefined;
        const seesNew = isSeen(change.to);
        if (sees && seesNew) listener(change);
        else if (sees) listener({ type: "removed", path: change.path });
        else if (seesNew) listener({ type: "created", path: change.to });
      });
    },
    setMetadata(path, metadata) {
      const file = findFile(path);
      return typeof file === "string" ? file : files.setMetadata(file, metadata);
    },
  };
}

interface List {
  readonly items: FileItem[];
  letters: number;
}

function lettersOf({ path, target, metadata }: FileItem): number {
  let letters = path.length + target.length;
  for (const [name, value] of metadata) letters += name.length + value.length;
  return letters;
}

function toItem(node: Node, path: string): FileItem {
  return {
    path,
    type: node.type,
    sizeBytes: node.type === "file" ? node.content.sizeBytes : 0,
    target: node.type === "link" ? node.target : "",
    modifiedNs: node.times.modified,
    metadata: (node.type === "file" && node.metadata) || NOTHING,
  };
}

/** Strips the slashes at both ends. */
function toPlain(path: string): string {
  let start = 0;
  while (path.charCodeAt(start) === SLASH) start++;
  let end = path.length;
  while (end > start && path.charCodeAt(end - 1) === SLASH) end--;
  return path.slice(start, end);
}

const SLASH = 47;
