/** The device shapes that the kernel needs; doors hand them in. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  FileTree,
  Mount,
  Snapshot,
  Terminals,
  Waiting,
} from "#base";

/** How a cell ended; messages and reasons are for a person. */
export type ExitStatus =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "trapped"; readonly message: string }
  | { readonly type: "killed"; readonly reason: string };

/** A running component. Disposing kills it. */
export interface Cell extends AsyncDisposable {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** The guest's `wetware:streams` connection. */
  readonly rpc: Duplex;
  /** Resolves once, when nothing of it is left; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Counts time that the kernel was busy for it as time that its guest has run. */
  chargeCpu(ms: number): void;
}

/** What one cell may use; what is left out is the device's to choose. */
export interface CellLimits {
  /** Of all its memories together. */
  readonly memoryBytes?: number;
  /** How many memories its instances may have. */
  readonly memories?: number;
  /** How long its guest may run, without the time in which it waits. */
  readonly cpuSeconds?: number;
  /** Open descriptors of files and their streams. */
  readonly openFiles?: number;
  /** Unread bytes in each of its pipes. */
  readonly pipeBytes?: number;
}

export interface CellRequest {
  /** What messages call it. */
  readonly name: string;
  /** What the guest finds as its first argument; the name unless told. */
  readonly argv0?: string | undefined;
  readonly component: Uint8Array;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** What the guest finds at `/`. */
  readonly tree: FileTree;
  /** Whether it can write there too; what it writes goes with it. False unless told. */
  readonly writable?: boolean | undefined;
  /** What else it finds, and may write to; what it writes goes with it. */
  readonly mounts?: readonly Mount[] | undefined;
  /** Whether it finds no directory at all, neither `/` nor `/tmp`; false unless told. */
  readonly bare?: boolean | undefined;
  readonly limits?: CellLimits | undefined;
  /** Given what its files have become when the guest has exited; nothing of it ends before this. Must not reject. */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** Whether a person reads and types at its stdio; false unless told. */
  readonly terminal?: Terminals | undefined;
}

/** How guests wait: with their thread blocked, on memory shared with the kernel; or suspended by the engine. */
export type CellMode = "shared-memory" | "jspi";

/** Makes cells. */
export interface Cells {
  readonly mode: CellMode;
  /**
   * Resolves when the component is prepared and its worker starts; the signal then kills the cell.
   *
   * @throws {Exception} in one sentence, when the component cannot run here.
   */
  start(request: CellRequest, options?: Waiting): Promise<Cell>;
}
