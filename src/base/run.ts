/** Values that describe a run; every layer passes them on unchanged, and adds its own handles. */
import type { Terminals } from "./terminals.ts";
import type { EventualTree, FileTree, Mount } from "./tree.ts";

/** The arguments and environment of a process. */
export interface Program {
  /** The name used in messages. */
  readonly name: string;
  /** Its first argument; the name by default. */
  readonly argv0?: string | undefined;
  /** The arguments after the first. */
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** The directory that it starts in, if the program asks for it; the root by default. */
  readonly cwd?: string | undefined;
  /** Which of its streams are connected to a terminal; none by default. */
  readonly terminal?: Terminals | undefined;
}

/** The files that a process sees. Its changes are discarded when it ends. */
export interface View<Tree extends EventualTree = FileTree> {
  /** The tree at `/`. */
  readonly tree: Tree;
  /** Whether the process can write there; false by default. */
  readonly writable?: boolean | undefined;
  /** Further trees, all writable. */
  readonly mounts?: ReadonlyArray<Mount<Tree>> | undefined;
  /** Whether it has no directory at all, neither `/` nor `/tmp`; false by default. */
  readonly bare?: boolean | undefined;
}

/** Limits on one process. A process that reaches one is ended, or its call fails. */
export interface ProcessLimits {
  /** All memories of the process together; `memory.grow` fails beyond it. */
  readonly memoryBytes: number;
  /** Number of memories that its instances may have; the browser has room for few. */
  readonly memories: number;
  /** How long its guest may run, not counting the time it waits; the process is killed after that. */
  readonly cpuSeconds: number;
  /** Open descriptors of files and their streams; one more traps, since WASI has no error for it. */
  readonly openFiles: number;
  /** Unread bytes in each of its pipes, at least 4096; writers wait. By default, input and output hold more than others. */
  readonly pipeBytes: number;
}

/** Limits on a run; the kernel chooses those that are left out. */
export interface RunLimits extends Partial<ProcessLimits> {
  /** Memory of all its processes together. */
  readonly runMemoryBytes?: number;
  /** Number of children that one process may have at a time. */
  readonly children?: number;
}

/** How a process ended; messages and reasons are for a person. */
export type ExitStatus =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "trapped"; readonly message: string }
  | {
      readonly type: "killed";
      readonly reason: string;
      /** The limit that the process reached, if it was killed for that. */
      readonly limit?: "cpuSeconds";
    };

/** How a run ended: as its first process did, or it `failed` before that began. */
export type Outcome = ExitStatus | { readonly type: "failed"; readonly reason: string };

/**
 * How guests wait: `shared-memory` blocks the cell's thread, on memory that the kernel shares; with `jspi` the engine
 * suspends the guest's stack, and its pipes are ports.
 */
export type CellMode = "shared-memory" | "jspi";
