/** `Files` over a folder of the computer, for tests: it reports what was changed through it. */
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, readdir, readlink, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { servePieces } from "#caps";
import { AnyClient, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { ByteStream, Upload } from "#schema";
import type {
  FileChange,
  FileEntry,
  FileRefusal,
  FilesServer,
  FileWatcher,
  Metadata,
  UploadServer,
} from "#schema";

type Refused = Exclude<FileRefusal, number>;

const NOTHING: FileEntry = {
  path: "",
  modifiedNs: -1n,
  metadata: [],
  which: "directory",
  directory: undefined,
};

interface Found {
  /** From the root, without links. */
  readonly names: readonly string[];
  readonly host: string;
}

export interface ReferenceFiles {
  readonly server: FilesServer;
  /** Whether it refuses changes, as while it is kept. */
  isBusy: boolean;
  /** Uploads that were begun and neither committed nor released. */
  readonly uploads: ReadonlySet<string>;
  /** Watchers that were not released. */
  readonly watching: ReadonlySet<unknown>;
  /** Where a path leads on the computer. */
  toHost(path: string): Promise<string>;
}

export function createReferenceFiles(root: string, spare: string): ReferenceFiles {
  const uploads = new Set<string>();
  const watching = new Set<{ tell: (change: FileChange) => void; root: string; deep: boolean }>();
  const metadata = new Map<string, readonly Metadata[]>();
  let uploadCount = 0;

  const resolve = async (path: string, follow: boolean): Promise<Found | Refused> => {
    let rest = path.split("/").filter((name) => name !== "");
    let names: string[] = [];
    for (let links = 0; rest.length > 0;) {
      const [name = "", ...others] = rest;
      rest = others;
      if (name === "." || name === "..") {
        if (name === "..") names.pop();
        continue;
      }
      if (new TextEncoder().encode(name).length > 255) return "nameTooLong";
      const host = join(root, ...names, name);
      const found = await lstat(host).catch(() => undefined);
      if (found === undefined && rest.length > 0) {
        const parent = await stat(join(root, ...names));
        return parent.isDirectory() ? "noEntry" : "notDirectory";
      }
      if (found?.isSymbolicLink() === true && (follow || rest.length > 0)) {
        if (++links > 40) return "loop";
        const target = await readlink(host);
        if (target.startsWith("/")) names = [];
        rest = [...target.split("/").filter((part) => part !== ""), ...rest];
        continue;
      }
      names.push(name);
    }
    return { names, host: join(root, ...names) };
  };
  const describe = async (found: Found, path: string): Promise<FileEntry | Refused> => {
    const info = await lstat(found.host, { bigint: true }).catch((reason: unknown) =>
      codeOf(reason),
    );
    if (typeof info === "string") return info;
    const common = {
      path,
      modifiedNs: info.mtimeNs,
      metadata: metadata.get(found.names.join("/")) ?? [],
    };
    if (info.isDirectory()) return { ...common, which: "directory", directory: undefined };
    if (!info.isSymbolicLink()) return { ...common, which: "file", file: Number(info.size) };
    return { ...common, which: "link", link: await readlink(found.host) };
  };
  const emit = (change: FileChange): void => {
    for (const watcher of watching) {
      const paths = change.which === "renamed" ? [change.path, change.renamed] : [change.path];
      if (paths.some((path) => isBelow(path, watcher.root, watcher.deep))) watcher.tell(change);
    }
  };
  /** With its parents, of which each that is new is reported. */
  const makeDirectories = async (names: readonly string[]): Promise<Refused> => {
    for (let count = 1; count <= names.length; count++) {
      const host = join(root, ...names.slice(0, count));
      const made = await mkdir(host).then(
        () => "made" as const,
        (reason: unknown) => codeOf(reason),
      );
      const path = names.slice(0, count).join("/");
      if (made === "made") emit({ path, which: "created", created: undefined });
      else if (made !== "exist") return made;
      else if (!(await stat(host)).isDirectory()) return "notDirectory";
    }
    return "none";
  };
  /** A path whose parents may be missing. */
  const resolveNew = async (path: string, follow: boolean): Promise<Found | Refused> => {
    const found = await resolve(path, follow);
    if (found !== "noEntry") return found;
    const names = path.split("/").filter((name) => name !== "");
    return { names, host: join(root, ...names) };
  };

  const server: FilesServer = {
    async stat(path, follow) {
      const found = await resolve(path, follow);
      if (typeof found === "string") return { entry: NOTHING, refusal: found };
      const entry = await describe(found, found.names.join("/"));
      return typeof entry === "string"
        ? { entry: NOTHING, refusal: entry }
        : { entry, refusal: "none" };
    },
    async list(path, depth) {
      const found = await resolve(path, true);
      if (typeof found === "string") return { entries: [], refusal: found };
      const entries: FileEntry[] = [];
      const walk = async (at: Found, shown: string, left: number): Promise<Refused> => {
        const names = await readdir(at.host).catch((reason: unknown) => codeOf(reason));
        if (typeof names === "string") return names;
        for (const name of names.toSorted()) {
          const child = { names: [...at.names, name], host: join(at.host, name) };
          const entry = await describe(child, shown === "" ? name : `${shown}/${name}`);
          if (typeof entry === "string") continue;
          entries.push(entry);
          if (entry.which === "directory" && left > 1) await walk(child, entry.path, left - 1);
        }
        return "none";
      };
      const shown = path
        .split("/")
        .filter((name) => name !== "")
        .join("/");
      return { entries, refusal: await walk(found, shown, depth) };
    },
    async read(path, offset, lengthBytes) {
      const found = await resolve(path, true);
      const nothing = { stream: serve(ByteStream, servePieces(toPieces([]))), sizeBytes: 0 };
      if (typeof found === "string") return { ...nothing, refusal: found };
      const info = await stat(found.host).catch((reason: unknown) => codeOf(reason));
      if (typeof info === "string") return { ...nothing, refusal: info };
      if (info.isDirectory()) return { ...nothing, refusal: "isDirectory" };
      const end = lengthBytes < 0 ? info.size : Math.min(info.size, offset + lengthBytes);
      if (end <= offset) return { ...nothing, sizeBytes: info.size, refusal: "none" };
      const pieces = createReadStream(found.host, { start: offset, end: end - 1 });
      const stream = serve(ByteStream, servePieces(pieces));
      return { stream, sizeBytes: info.size, refusal: "none" };
    },
    async write(path) {
      const found = await resolveNew(path, true);
      const none = serve(Upload, { stream: () => fail(), commit: () => fail() });
      if (typeof found === "string") return { upload: none, refusal: found };
      const info = await stat(found.host).catch(() => undefined);
      if (info?.isDirectory() === true) return { upload: none, refusal: "isDirectory" };
      const temporary = join(spare, `upload-${uploadCount++}`);
      const handle = await open(temporary, "wx");
      uploads.add(temporary);
      let last: Promise<unknown> = Promise.resolve();
      const target: UploadServer & Disposable = {
        stream: () => ({
          stream: {
            read: () => fail(),
            write(data: Uint8Array) {
              const bytes = data.slice();
              const turn = last.then(() => handle.writeFile(bytes));
              last = turn.catch(() => undefined);
              return turn;
            },
            close: () => last.then(() => undefined),
          },
        }),
        async commit() {
          await last;
          if (self.isBusy) return { entry: NOTHING, refusal: "busy" };
          const refusal = await makeDirectories(found.names.slice(0, -1));
          if (refusal !== "none") return { entry: NOTHING, refusal };
          const isNew = (await stat(found.host).catch(() => undefined)) === undefined;
          await rename(temporary, found.host);
          uploads.delete(temporary);
          const changed = found.names.join("/");
          metadata.delete(changed);
          if (isNew) emit({ path: changed, which: "created", created: undefined });
          emit({ path: changed, which: "written", written: undefined });
          const entry = await describe(found, changed);
          if (typeof entry === "string") throw new Error(entry);
          return { entry, refusal: "none" };
        },
        [Symbol.dispose]() {
          void last.then(async () => {
            await handle.close();
            await rm(temporary, { force: true });
            uploads.delete(temporary);
          });
        },
      };
      return { upload: serve(Upload, target), refusal: "none" };
    },
    async makeDirectory(path) {
      if (self.isBusy) return { refusal: "busy" };
      const found = await resolveNew(path, false);
      if (typeof found === "string") return { refusal: found };
      if ((await lstat(found.host).catch(() => undefined)) !== undefined) {
        return { refusal: "exist" };
      }
      return { refusal: await makeDirectories(found.names) };
    },
    async move(path, to) {
      if (self.isBusy) return { refusal: "busy" };
      const from = await resolve(path, false);
      const target = await resolveNew(to, false);
      if (typeof from === "string") return { refusal: from };
      if (typeof target === "string") return { refusal: target };
      if ((await lstat(from.host).catch(() => undefined)) === undefined) {
        return { refusal: "noEntry" };
      }
      const refusal = await makeDirectories(target.names.slice(0, -1));
      if (refusal !== "none") return { refusal };
      const moved = await rename(from.host, target.host).catch((reason: unknown) => codeOf(reason));
      if (moved !== undefined) return { refusal: moved };
      const kept = metadata.get(from.names.join("/"));
      metadata.delete(from.names.join("/"));
      if (kept !== undefined) metadata.set(target.names.join("/"), kept);
      const renamed = target.names.join("/");
      emit({ path: from.names.join("/"), which: "renamed", renamed });
      return { refusal: "none" };
    },
    async remove(path) {
      if (self.isBusy) return { refusal: "busy" };
      const found = await resolve(path, false);
      if (typeof found === "string") return { refusal: found };
      if (found.names.length === 0) return { refusal: "notPermitted" };
      if ((await lstat(found.host).catch(() => undefined)) === undefined) {
        return { refusal: "noEntry" };
      }
      await rm(found.host, { recursive: true });
      metadata.delete(found.names.join("/"));
      emit({ path: found.names.join("/"), which: "removed", removed: undefined });
      return { refusal: "none" };
    },
    async watch(path, recursive, watcher) {
      const found = await resolve(path, true);
      if (typeof found === "string") return { watching: nobody(), refusal: found };
      const client: FileWatcher = dup(watcher);
      let last: PromiseLike<unknown> = Promise.resolve();
      const entry = {
        root: found.names.join("/"),
        deep: recursive,
        tell(change: FileChange) {
          last = last.then(() => client.changed([change])).then(undefined, () => undefined);
        },
      };
      watching.add(entry);
      const held: object & Disposable = {
        [Symbol.dispose]() {
          watching.delete(entry);
          client[Symbol.dispose]();
        },
      };
      return { watching: serve(AnyClient, held), refusal: "none" };
    },
    async setMetadata(path, given) {
      const found = await resolve(path, true);
      if (typeof found === "string") return { refusal: found };
      metadata.set(found.names.join("/"), structuredClone(given));
      emit({ path: found.names.join("/"), which: "touched", touched: undefined });
      return { refusal: "none" };
    },
  };
  const self: ReferenceFiles = {
    server,
    isBusy: false,
    uploads,
    watching,
    async toHost(path) {
      const found = await resolve(path, true);
      if (typeof found === "string") throw new Error(`${path}: ${found}`);
      return found.host;
    },
  };
  return self;
}

function isBelow(path: string, root: string, deep: boolean): boolean {
  if (path === root) return true;
  const inside = root === "" ? path : path.slice(root.length + 1);
  if (root !== "" && !path.startsWith(`${root}/`)) return false;
  return deep || !inside.includes("/");
}

async function* toPieces(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

function nobody(): Client {
  return serve(AnyClient, {});
}

function fail(): never {
  throw new Error("Nothing of this kind");
}

const CODES: Readonly<Record<string, Refused>> = {
  ENOENT: "noEntry",
  EEXIST: "exist",
  ENOTDIR: "notDirectory",
  EISDIR: "isDirectory",
  ENOTEMPTY: "notEmpty",
  ENAMETOOLONG: "nameTooLong",
  ELOOP: "loop",
  EINVAL: "invalid",
};

function codeOf(reason: unknown): Refused {
  const { code = "" } = reason as { code?: string };
  return CODES[code] ?? "io";
}
