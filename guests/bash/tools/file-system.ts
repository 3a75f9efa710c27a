/** The shell's files as the tools of `just-bash` want them. */
import type { BufferEncoding, FileContent, FsStat, IFileSystem } from "just-bash";
import { decodeText, encodeText } from "#base";
import { readDevice, writeDevice } from "./devices.ts";
import { joinPath, nameOf, normalizePath, parentOf } from "../paths.ts";
import type { Shell } from "../shell.ts";
import { FileError, type Files, type FileStat } from "../system.ts";
import { fromLatin, toLatin } from "../text.ts";

/** Where none are kept: every file can be executed. */
const DEFAULT_MODES = { file: 0o755, directory: 0o755, link: 0o777, other: 0o666 };
const LINKS_LIMIT = 40;
const PIECE_BYTES = 256 * 1024;

type Encoding = { readonly encoding?: BufferEncoding | null } | BufferEncoding | undefined;

/** @param shell whose descriptors `/dev/stdin` and `/dev/fd` are */
export function createFileSystem(shell: Shell): IFileSystem {
  const { files } = shell.system;

  const read = async (path: string): Promise<Uint8Array> => {
    const device = await readDevice(shell, path);
    if (device !== undefined) return device;
    return tried("open", path, () => {
      if (files.stat(path)?.type === "directory") throw new FileError("EISDIR");
      const file = files.open(path, { read: true });
      try {
        return file.read(0, Math.max(1, file.sizeBytes()));
      } finally {
        file.close();
      }
    });
  };
  const write = async (path: string, bytes: Uint8Array, appends: boolean): Promise<void> => {
    if (await writeDevice(shell, path, bytes)) return;
    tried("open", path, () => {
      const file = files.open(path, { write: true, create: true, truncate: !appends });
      try {
        if (appends) file.append(bytes);
        else file.write(0, bytes);
      } finally {
        file.close();
      }
    });
  };
  const statOf = (path: string, follow: boolean): FsStat =>
    tried("stat", path, () => {
      const stat = files.stat(path, follow);
      if (stat === undefined) throw new FileError("ENOENT");
      // Asked for by what would write over its own source, and by nothing else.
      return Object.defineProperty(toStat(stat), "identity", {
        get: () => files.identify(path, follow),
      });
    });
  const list = (path: string): ReturnType<typeof files.list> =>
    tried("scandir", path, () =>
      files.list(path).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    );
  const remove = (path: string, recursive: boolean): void => {
    const stat = files.stat(path, false);
    if (stat === undefined) throw new FileError("ENOENT");
    if (stat.type !== "directory") return files.removeFile(path);
    if (recursive) for (const { name } of files.list(path)) remove(joinPath(path, name), true);
    files.removeDirectory(path);
  };
  const makeAll = (path: string): void => {
    const type = files.stat(path)?.type;
    if (type === "directory") return;
    if (type !== undefined) throw new FileError("EEXIST");
    if (path !== "/") makeAll(parentOf(path));
    files.makeDirectory(path);
  };
  const copy = async (from: string, to: string, recursive: boolean): Promise<void> => {
    const stat = tried("cp", from, () => files.stat(from, false));
    if (stat === undefined) throw new Error(`ENOENT: no such file or directory, cp '${from}'`);
    if (stat.type === "link")
      return tried("symlink", to, () => files.makeLink(files.readLink(from), to));
    if (stat.type !== "directory") return tried("cp", to, () => copyFile(files, from, to));
    if (!recursive) throw new Error(`EISDIR: is a directory, cp '${from}'`);
    tried("mkdir", to, () => makeAll(to));
    for (const { name } of list(from)) await copy(joinPath(from, name), joinPath(to, name), true);
  };
  const real = (path: string): string => {
    let resolved = "/";
    let rest = normalizePath(path)
      .split("/")
      .filter((name) => name !== "");
    for (let links = 0; rest.length > 0;) {
      const [name = "", ...others] = rest;
      const next = normalizePath(joinPath(resolved, name));
      const stat = files.stat(next, false);
      if (stat === undefined) throw new FileError("ENOENT");
      if (stat.type !== "link") {
        resolved = next;
        rest = others;
        continue;
      }
      if (++links > LINKS_LIMIT) throw new FileError("ELOOP");
      const target = joinPath(resolved, files.readLink(next));
      rest = [
        ...normalizePath(target)
          .split("/")
          .filter((one) => one !== ""),
        ...others,
      ];
      resolved = "/";
    }
    return resolved;
  };

  return {
    readFile: async (path, encoding) => fromEncoding(await read(path), toEncoding(encoding)),
    readFileBytes: async (path) => toLatin(await read(path)) as never,
    readFileBuffer: read,
    writeFile: async (path, content, encoding) =>
      await write(path, toContent(content, toEncoding(encoding)), false),
    appendFile: async (path, content, encoding) =>
      await write(path, toContent(content, toEncoding(encoding)), true),
    exists: async (path) => isDevice(path) || files.stat(path) !== undefined,
    stat: async (path) => (isDevice(path) ? deviceStat() : statOf(path, true)),
    lstat: async (path) => (isDevice(path) ? deviceStat() : statOf(path, false)),
    mkdir: async (path, options) =>
      tried("mkdir", path, () => {
        if (options?.recursive === true) return makeAll(normalizePath(path));
        if (files.stat(path) !== undefined) throw new FileError("EEXIST");
        files.makeDirectory(path);
      }),
    readdir: async (path) => list(path).map(({ name }) => name),
    readdirWithFileTypes: async (path) =>
      list(path).map(({ name, type }) => ({
        name,
        isFile: type === "file",
        isDirectory: type === "directory",
        isSymbolicLink: type === "link",
      })),
    rm: async (path, options) =>
      tried("rm", path, () => {
        if (options?.force === true && files.stat(path, false) === undefined) return;
        remove(path, options?.recursive === true);
      }),
    cp: async (from, to, options) => await copy(from, to, options?.recursive === true),
    mv: async (from, to) => tried("rename", from, () => files.rename(from, to)),
    resolvePath: (base, path) => normalizePath(joinPath(base, path)),
    getAllPaths: () => [],
    // Nothing here has permissions to change.
    chmod: async (path) => void statOf(path, true),
    symlink: async (target, path) => tried("symlink", path, () => files.makeLink(target, path)),
    link: async (existing, path) => tried("link", path, () => files.makeHardLink(existing, path)),
    readlink: async (path) => tried("readlink", path, () => files.readLink(path)),
    realpath: async (path) => tried("realpath", path, () => real(path)),
    utimes: async (path, _accessed, modified) =>
      tried("utimes", path, () => files.setModified(path, modified.getTime())),
  };
}

/** Errors say their code first: tools look for it. */
function tried<T>(operation: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const said = error.message.toLowerCase();
    throw Object.assign(new Error(`${error.code}: ${said}, ${operation} '${path}'`), {
      code: error.code,
    });
  }
}

/** However large it is. */
function copyFile(files: Files, from: string, to: string): void {
  const source = files.open(from, { read: true });
  try {
    const target = files.open(to, { write: true, create: true, truncate: true });
    try {
      for (let offset = 0; ;) {
        const bytes = source.read(offset, PIECE_BYTES);
        if (bytes.length === 0) return;
        target.write(offset, bytes);
        offset += bytes.length;
      }
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

function toStat({ type, sizeBytes, modifiedMs, mode }: FileStat): FsStat {
  return {
    isFile: type === "file" || type === "other",
    isDirectory: type === "directory",
    isSymbolicLink: type === "link",
    mode: mode ?? DEFAULT_MODES[type],
    size: sizeBytes,
    mtime: new Date(modifiedMs),
  };
}

function isDevice(path: string): boolean {
  return (
    nameOf(path) !== "" && /^\/dev\/(null|zero|u?random|stdin|stdout|stderr|fd\/\d+)$/.test(path)
  );
}

function deviceStat(): FsStat {
  return toStat({ type: "other", sizeBytes: 0, modifiedMs: 0 });
}

function toEncoding(encoding: Encoding): BufferEncoding {
  return (typeof encoding === "string" ? encoding : encoding?.encoding) ?? "utf8";
}

function fromEncoding(bytes: Uint8Array, encoding: BufferEncoding): string {
  if (encoding === "utf8" || encoding === "utf-8") return decodeText(bytes);
  if (encoding === "base64") return btoa(toLatin(bytes));
  if (encoding === "hex")
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return toLatin(bytes);
}

function toContent(content: FileContent, encoding: BufferEncoding): Uint8Array {
  if (typeof content !== "string") return content;
  if (encoding === "utf8" || encoding === "utf-8") return encodeText(content);
  if (encoding === "base64") return fromLatin(atob(content));
  if (encoding === "hex")
    return Uint8Array.from(content.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return fromLatin(content);
}
