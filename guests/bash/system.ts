/** The interface of the shell to its system: files, a clock, programs and a terminal. Cells implement it, and Node in tests. */
import type { Waiting } from "#base";

export type FileType = "file" | "directory" | "link" | "other";

export interface FileStat {
  readonly type: FileType;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Permission bits, if the system has any. */
  readonly mode?: number;
}

export interface OpenMode {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly truncate?: boolean;
  readonly exclusive?: boolean;
}

/** An open file. The caller keeps the offset. */
export interface FileHandle {
  /** Bytes from an offset; empty at the end. */
  read(offset: number, limitBytes: number): Uint8Array;
  /** Writes all bytes. */
  write(offset: number, bytes: Uint8Array): void;
  /** Writes all bytes at the current end of the file, which other processes may have moved. */
  append(bytes: Uint8Array): void;
  sizeBytes(): number;
  close(): void;
}

/** Paths are absolute. Links are followed, except by removing, renaming, and `stat` with `follow` false. */
export interface Files {
  /** `undefined` if there is no such file. */
  stat(path: string, follow?: boolean): FileStat | undefined;
  /** Identifies a file: the same text for all of its names, and for no other file; `undefined` if there is none. */
  identify(path: string, follow?: boolean): string | undefined;
  list(path: string): readonly { readonly name: string; readonly type: FileType }[];
  open(path: string, mode: OpenMode): FileHandle;
  makeDirectory(path: string): void;
  removeFile(path: string): void;
  removeDirectory(path: string): void;
  rename(from: string, to: string): void;
  makeLink(target: string, path: string): void;
  makeHardLink(existing: string, path: string): void;
  readLink(path: string): string;
  setModified(path: string, modifiedMs: number): void;
}

/** A refused file operation, with the code of POSIX. */
export class FileError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(FILE_ERRORS[code] ?? code);
    this.name = "FileError";
    this.code = code;
  }
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
  EXDEV: "Invalid cross-device link",
};

export type Stream = "piped" | "nothing" | "inherited";

export interface ProgramCommand {
  readonly path: string;
  readonly argv0: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly stdin: Stream;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** The port of the sandbox that it serves; 0 for none. */
  readonly port: number;
}

/** A program that runs as a process of its own. */
export interface RunningProgram extends Disposable {
  readonly pid: number;
  readonly stdin?: { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> };
  /** Empty at the end. */
  readonly stdout?: { read(limitBytes: number): Promise<Uint8Array> };
  readonly stderr?: { read(limitBytes: number): Promise<Uint8Array> };
  /** The exit code as in shells, 128 and the number for a signal; a text says why it failed. */
  wait(): Promise<{ readonly status: number; readonly failure?: string }>;
  signal(signal: number): Promise<void>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: Uint8Array;
}

export type TerminalEvent =
  | { readonly type: "resized"; readonly columns: number; readonly rows: number }
  | { readonly type: "interrupted" };

/** The terminal that standard input is connected to. */
export interface Terminal {
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** @returns whether the terminal has changed its mode */
  setMode(mode: "cooked" | "raw"): boolean;
  /** Waits for the next event. */
  nextEvent(options?: Waiting): Promise<TerminalEvent>;
}

export interface System {
  readonly files: Files;
  readonly pid: number;
  nowMs(): number;
  /** 0 yields to other tasks. */
  sleep(durationMs: number, options?: Waiting): Promise<void>;
  /** Random bytes. */
  random(length: number): Uint8Array;
  /** Starts a program; `undefined` if the shell may start none. */
  readonly start?: (command: ProgramCommand) => Promise<RunningProgram>;
  /** Sends a request. @throws {Exception} `failed` if the shell may send none */
  request(request: HttpRequest, options?: Waiting): Promise<HttpAnswer>;
  readonly terminal?: Terminal;
  /** Which of the shell's own streams are terminals. */
  readonly isTerminal: readonly [boolean, boolean, boolean];
}
