/** The shell on Node's files, for tests: no programs, but everything else as in a cell. */
import * as fs from "node:fs";
import { FileError, type FileHandle, type FileStat, type FileType, type System } from "./system.ts";

export function createNodeSystem(): System {
  return {
    pid: 4242,
    nowMs: () => performance.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    isTerminal: [false, false, false],
    request: () => Promise.reject(new Error("there is no network in tests")),
    sleep(durationMs, { signal } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const abort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", abort);
          resolve();
        }, durationMs);
        signal?.addEventListener("abort", abort, { once: true });
      });
    },
    files: {
      stat(path, follow = true): FileStat | undefined {
        try {
          return toStat(follow ? fs.statSync(path) : fs.lstatSync(path));
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
          throw new FileError(code ?? "EIO");
        }
      },
      identify(path, follow = true) {
        const options = { throwIfNoEntry: false };
        const found = follow ? fs.statSync(path, options) : fs.lstatSync(path, options);
        return found && `${found.dev} ${found.ino}`;
      },
      list: (path) =>
        tried(() =>
          fs
            .readdirSync(path, { withFileTypes: true })
            .map((entry) => ({ name: entry.name, type: toType(entry) })),
        ),
      open: (path, { read, write, create, truncate, exclusive }) =>
        tried(() => {
          let flags = write
            ? read
              ? fs.constants.O_RDWR
              : fs.constants.O_WRONLY
            : fs.constants.O_RDONLY;
          if (create) flags |= fs.constants.O_CREAT;
          if (truncate) flags |= fs.constants.O_TRUNC;
          if (exclusive) flags |= fs.constants.O_EXCL;
          return openHandle(fs.openSync(path, flags, 0o644));
        }),
      makeDirectory: (path) => tried(() => fs.mkdirSync(path)),
      removeFile: (path) => tried(() => fs.unlinkSync(path)),
      removeDirectory: (path) => tried(() => fs.rmdirSync(path)),
      rename: (from, to) => tried(() => fs.renameSync(from, to)),
      makeLink: (target, path) => tried(() => fs.symlinkSync(target, path)),
      makeHardLink: (existing, path) => tried(() => fs.linkSync(existing, path)),
      readLink: (path) => tried(() => fs.readlinkSync(path)),
      setModified: (path, ms) => tried(() => fs.utimesSync(path, ms / 1000, ms / 1000)),
    },
  };
}

function openHandle(descriptor: number): FileHandle {
  const handle: FileHandle = {
    read: (offset, limitBytes) =>
      tried(() => {
        const bytes = new Uint8Array(limitBytes);
        return bytes.slice(0, fs.readSync(descriptor, bytes, 0, limitBytes, offset));
      }),
    write: (offset, bytes) =>
      tried(() => {
        for (let done = 0; done < bytes.length;) {
          done += fs.writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
        }
      }),
    append: (bytes) => handle.write(handle.sizeBytes(), bytes),
    sizeBytes: () => fs.fstatSync(descriptor).size,
    close: () => fs.closeSync(descriptor),
  };
  return handle;
}

function tried<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new FileError((error as NodeJS.ErrnoException).code ?? "EIO");
  }
}

function toStat(stats: fs.Stats): FileStat {
  return {
    type: toType(stats),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    mode: stats.mode & 0o777,
  };
}

function toType(entry: fs.Stats | fs.Dirent): FileType {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "link" : "other";
}
