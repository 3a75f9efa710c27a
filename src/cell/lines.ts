/** The pipes between a host and its cell, by either way to wait. */
import type { ByteSink, ByteSource, Duplex, EventualTree, FileTree, Spill } from "#base";
import type { Waits } from "#wasi";
import type { CpuMeter } from "./cpu-meter.ts";
import type { PostedPorts } from "./port-lines.ts";
import type { PostedMemory } from "./shared-lines.ts";

/** What lines are opened with. */
export interface LineOptions {
  readonly trees: readonly FileTree[];
  /** Unread bytes in each pipe. */
  readonly pipeBytes: number;
  /** Where the cell keeps what it has no memory for; `undefined` when there is no such place. Lent. */
  readonly spill: Spill | undefined;
  /** Fires when the worker is no more. */
  readonly gone: AbortSignal;
  readonly monotonicMs: () => number;
}

/** The host's ends. They end when the worker is gone, after what had arrived. */
export interface HostLines {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  readonly rpc: Duplex;
  /** What the cell makes its own ends of. */
  readonly posted: PostedLines;
  /** Of that, what is moved. */
  readonly moved: Transferable[];
  /** Resolves when what the cell wrote before it told its status is here. */
  readonly finished: Promise<void>;
  /** The words of the cell's CPU meter; `undefined` when the cell must be asked for them. */
  readonly meter: Int32Array | undefined;
}

/** Can be posted. */
export type PostedLines = PostedPorts | PostedMemory;

/** The cell's ends. */
export interface CellLines {
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly rpc: Duplex;
  /** Contents of the trees that the host opened the lines with, in their order. */
  readonly trees: readonly EventualTree[];
  readonly spill: Spill | undefined;
  readonly waits: Waits;
  readonly meter: CpuMeter;
}
