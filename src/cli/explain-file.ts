/** Says in words why a file cannot be used; Node says it in codes and calls. */
import { toMessage } from "#base";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it is not a folder, or lies below a file",
  EISDIR: "it is a folder",
  EEXIST: "it exists",
  ENOTEMPTY: "it is not empty",
  EACCES: "this computer's user has no permission",
  EPERM: "this computer's user has no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  ELOOP: "it is a link that leads nowhere",
  ENXIO: "it is not a file",
};

/** The reason alone, to stand after `Cannot read "…": `; that of another failure is its message. */
export function explainFile(reason: unknown): string {
  const { code } = (reason ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && Object.hasOwn(REASONS, code)
    ? explainCode(code)
    : toMessage(reason);
}

/** The same for Node's code of the failure; an unknown one is given back. */
export function explainCode(code: string): string {
  return REASONS[code] ?? code;
}

/** The whole sentence for a failure of `node:fs` that nobody has explained; `undefined` for any other. */
export function explainUncaught(reason: unknown): string | undefined {
  const { path, syscall } = (reason ?? {}) as {
    readonly path?: unknown;
    readonly syscall?: unknown;
  };
  if (typeof path !== "string" || typeof syscall !== "string") return undefined;
  return `Cannot use "${path}": ${explainFile(reason)}`;
}
