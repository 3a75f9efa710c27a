/** The part of the File System Access API that TypeScript does not know, and its errors in sentences. */
import { Exception, toMessage } from "#base";

type Mode = "read" | "readwrite";

/** A handle that the visitor can be asked about again. */
export interface AskableHandle {
  queryPermission(options: { readonly mode: Mode }): Promise<PermissionState>;
  requestPermission(options: { readonly mode: Mode }): Promise<PermissionState>;
}

/** What Chromium has; other browsers have handles of their own storage alone. */
export interface Pickers {
  showDirectoryPicker(options: { readonly mode: Mode }): Promise<FileSystemDirectoryHandle>;
  showOpenFilePicker(): Promise<readonly FileSystemFileHandle[]>;
}

export function findPickers(scope: object): Pickers | undefined {
  return "showDirectoryPicker" in scope && "showOpenFilePicker" in scope
    ? (scope as Pickers)
    : undefined;
}

/** Whether the visitor has allowed it; handles of the origin's own storage need no permission. */
export async function hasPermission(handle: FileSystemHandle, mode: Mode): Promise<boolean> {
  if (!("queryPermission" in handle)) return true;
  return (await (handle as unknown as AskableHandle).queryPermission({ mode })) === "granted";
}

/** Asks the visitor, in a click. */
export async function requestPermission(handle: FileSystemHandle, mode: Mode): Promise<boolean> {
  if (!("requestPermission" in handle)) return true;
  return (await (handle as unknown as AskableHandle).requestPermission({ mode })) === "granted";
}

/** What a closed picker throws. */
export function isCancelled(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "AbortError";
}

const STATES: Readonly<Record<string, string>> = {
  NotFoundError: "there is none",
  TypeMismatchError: "it is of another kind",
  NotAllowedError: "the visitor does not allow it any more",
  NoModificationAllowedError: "another program has it open, or it cannot be changed",
  InvalidModificationError: "the folder is not empty",
  NotReadableError: "it has changed since it was chosen, or cannot be read",
  QuotaExceededError: "the disk is full",
};

/** @throws {Exception} `failed`, in one sentence */
export function refuse(names: readonly string[], reason: unknown): never {
  if (reason instanceof Exception) throw reason;
  const known = reason instanceof DOMException ? STATES[reason.name] : undefined;
  fail(names, known ?? toMessage(reason), reason);
}

export function fail(names: readonly string[], state: string, cause?: unknown): never {
  throw new Exception("failed", `Cannot use "${names.join("/")}": ${state}`, { cause });
}
