/** Everything that a guest's main is given. */
import type { ByteSink, ByteSource, Duplex } from "#base";

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
  /** The bytes to whoever started the cell: a two-party Cap'n Proto connection. The caller disposes of it. */
  readonly openConnection: () => Duplex;
  /** For a first process of the later generation: it has started. */
  readonly ready: () => void;
  /** Ends the cell at once, whatever is still waited for; 0 is success, 255 the largest. */
  readonly exit: (code: number) => never;
}

/** A guest's program: what it resolves to is the exit code, nothing is 0. What it throws goes to stderr, and is 1. */
export type Main = (cell: Cell) => Promise<number | void>;
