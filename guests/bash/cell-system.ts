/** The system of a shell in a cell. */
import { Exception } from "#base";
import type { SandboxCell } from "../sdk/index.ts";
import { FileError, type Files, type System } from "./system.ts";

/** POSIX codes by those of `wasi:filesystem`. */
const CODES: Readonly<Record<string, string>> = {
  access: "EACCES",
  "bad-descriptor": "EBADF",
  busy: "EBUSY",
  "cross-device": "EXDEV",
  exist: "EEXIST",
  "insufficient-space": "ENOSPC",
  quota: "ENOSPC",
  invalid: "EINVAL",
  "is-directory": "EISDIR",
  loop: "ELOOP",
  "name-too-long": "ENAMETOOLONG",
  "no-entry": "ENOENT",
  "not-directory": "ENOTDIR",
  "not-empty": "ENOTEMPTY",
  "not-permitted": "EPERM",
  "read-only": "EROFS",
};

export function createCellSystem(
  cell: SandboxCell,
  powers: Pick<System, "request" | "start">,
): System {
  const { sleep, random, isTerminal, terminal } = cell;
  return {
    files: translate(cell.files),
    pid: Number(cell.env.get("WW_PID") ?? "") || 1,
    nowMs: () => performance.now(),
    sleep,
    random,
    isTerminal,
    ...powers,
    ...(terminal === undefined ? {} : { terminal }),
  };
}

function translate(files: SandboxCell["files"]): Files {
  return {
    stat: (path, follow) => tried(() => files.stat(path, follow)),
    identify: (path, follow) => tried(() => files.identify(path, follow)),
    list: (path) => tried(() => files.list(path)),
    open(path, mode) {
      const file = tried(() => files.open(path, mode));
      return {
        read: (offset, limitBytes) => tried(() => file.read(offset, limitBytes)),
        write: (offset, bytes) => tried(() => file.write(offset, bytes)),
        append: (bytes) => tried(() => file.append(bytes)),
        sizeBytes: () => tried(() => file.sizeBytes()),
        close: () => file.close(),
      };
    },
    makeDirectory: (path) => tried(() => files.makeDirectory(path)),
    removeFile: (path) => tried(() => files.removeFile(path)),
    removeDirectory: (path) => tried(() => files.removeDirectory(path)),
    rename: (from, to) => tried(() => files.rename(from, to)),
    makeLink: (target, path) => tried(() => files.makeLink(target, path)),
    makeHardLink: (existing, path) => tried(() => files.makeHardLink(existing, path)),
    readLink: (path) => tried(() => files.readLink(path)),
    setModified: (path, modifiedMs) => tried(() => files.setModified(path, modifiedMs)),
  };
}

function tried<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (error instanceof Exception || typeof code !== "string") throw error;
    throw new FileError(CODES[code] ?? "EIO");
  }
}
