/** Everything that a guest's main is given. */
import type { ByteSink, ByteSource, Duplex, Waiting } from "#base";
import type { FolderEntry } from "./entries.ts";
import type { SandboxFiles } from "./sandbox-files.ts";
import type { SandboxTerminal } from "./sandbox-terminal.ts";

/** The cell's surroundings; nothing else is reachable. The functions need no `this`. */
export interface Cell {
  /** The command line, the program's own name first if the one who started it gave one. */
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /**
   * All bytes of a file of the image; the path begins at the image's root.
   *
   * @throws {Exception} `failed` when there is no such file, or its blocks cannot be had.
   */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** What a folder of the image has, sorted by name. @throws {Exception} `failed` when there is no such folder */
  readonly listFolder: (path: string) => Promise<readonly FolderEntry[]>;
  /** The bytes to whoever started the cell: a two-party Cap'n Proto connection. The caller disposes of it. */
  readonly openConnection: () => Duplex;
  /** For a first process of the later generation: it has started. */
  readonly ready: () => void;
  /** Ends the cell at once, whatever is still waited for; 0 is success, 255 the largest. */
  readonly exit: (code: number) => never;
}

/** What a program of a sandbox has besides: all of its files, time, and its terminal. */
export interface SandboxCell extends Cell {
  readonly files: SandboxFiles;
  /** Resolves after that time; 0 lets everything else have its turn. */
  readonly sleep: (durationMs: number, options?: Waiting) => Promise<void>;
  readonly random: (length: number) => Uint8Array;
  /** Which of the three streams are terminals. */
  readonly isTerminal: readonly [boolean, boolean, boolean];
  /** The terminal of standard input, if it is one. */
  readonly terminal?: SandboxTerminal;
}

export type SandboxMain = (cell: SandboxCell) => Promise<number | void>;

/** A guest's program: what it resolves to is the exit code, nothing is 0. What it throws goes to stderr, and is 1. */
export type Main = (cell: Cell) => Promise<number | void>;
