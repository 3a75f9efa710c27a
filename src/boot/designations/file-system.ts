/** The parts of the File System Access API that TypeScript has no types for, and messages for its errors. */
import { Exception, toMessage } from "#base";

type Mode = "read" | "readwrite";

/** A handle with permissions that the page can query, and request from the visitor. */
export interface AskableHandle {
  queryPermission(options: { readonly mode: Mode }): Promise<PermissionState>;
  requestPermission(options: { readonly mode: Mode }): Promise<PermissionState>;
}

/** Chromium's pickers; other browsers have only handles of the origin's private file system. */
export interface Pickers {
  showDirectoryPicker(options: { readonly mode: Mode }): Promise<FileSystemDirectoryHandle>;
  showOpenFilePicker(): Promise<readonly FileSystemFileHandle[]>;
}

export function findPickers(scope: object): Pickers | undefined {
  return "showDirectoryPicker" in scope && "showOpenFilePicker" in scope
    ? (scope as Pickers)
    : undefined;
}

/** Whether the visitor has granted access; handles of the origin's private file system need no permission. */
export async function hasPermission(handle: FileSystemHandle, mode: Mode): Promise<boolean> {
  if (!("queryPermission" in handle)) return true;
  return (await (handle as unknown as AskableHandle).queryPermission({ mode })) === "granted";
}

/** Asks the visitor for access; must be called in a click. */
export async function requestPermission(handle: FileSystemHandle, mode: Mode): Promise<boolean> {
  if (!("requestPermission" in handle)) return true;
  return (await (handle as unknown as AskableHandle).requestPermission({ mode })) === "granted";
}

/** Whether the error is that of a picker that the visitor has closed. */
export function isCancelled(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "AbortError";
}

const STATES: Readonly<Record<string, string>> = {
  NotFoundError: "it does not exist",
  TypeMismatchError: "it is a file instead of a folder, or a folder instead of a file",
  NotAllowedError: "the visitor no longer allows it",
  NoModificationAllowedError: "another program has it open, or it cannot be changed",
  InvalidModificationError: "the folder is not empty",
  NotReadableError: "it has changed since it was chosen, or cannot be read",
  QuotaExceededError: "the disk is full",
};

/** Converts a browser's error. @throws {Exception} `failed` in every case; an `Exception` is thrown as it is */
export function refuse(names: readonly string[], reason: unknown): never {
  if (reason instanceof Exception) throw reason;
  const known = reason instanceof DOMException ? STATES[reason.name] : undefined;
  fail(names, known ?? toMessage(reason), reason);
}

export function fail(names: readonly string[], state: string, cause?: unknown): never {
  throw new Exception("failed", `Cannot use "${names.join("/")}": ${state}`, { cause });
}
