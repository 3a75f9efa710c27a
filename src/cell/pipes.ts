/** The pipes between a host and its cell, in either mode. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  EventualTree,
  FileSession,
  FileTree,
  HttpChannel,
  SharedDuplexMemory,
  Spill,
} from "#base";
import type { AskFiles, Waits } from "#wasi";
import type { CpuMeter } from "./cpu-meter.ts";

/** Options for opening the pipes of a cell. */
export interface PipeOptions {
  readonly trees: readonly FileTree[];
  /** Most unread bytes in each pipe except standard input and output. */
  readonly pipeBytes: number;
  /** Most unread bytes in each of standard input and output. */
  readonly stdioBytes: number;
  /** The host's spill for the cell, if it has one. Lent. */
  readonly spill: Spill | undefined;
  /** Whether there is a pipe for HTTP. */
  readonly http: boolean;
  /** The cell's session with the files that it shares with others, if it does. Lent. */
  readonly files: FileSession | undefined;
  /** Whether there is a pipe for `wetware:tty`. */
  readonly hasTty: boolean;
  /** Fires when the worker has ended. */
  readonly gone: AbortSignal;
  readonly monotonicMs: () => number;
}

/** The host's ends. When the worker is gone they end, after the bytes that had arrived. */
export interface HostPipes {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  readonly rpc: Duplex;
  readonly http: Duplex | undefined;
  /** Messages about its terminal, if it has one. */
  readonly tty: Duplex | undefined;
  /** The far ends, to be posted to the worker. */
  readonly posted: PostedPipes;
  /** The parts of `posted` to transfer. */
  readonly moved: Transferable[];
  /** Resolves when everything that the cell wrote before its status has arrived. */
  readonly finished: Promise<void>;
  /** The words of the cell's CPU meter; `undefined` when the cell must be asked for them. */
  readonly meter: Int32Array | undefined;
}

/** The far ends of the pipes; can be posted. */
export type PostedPipes = PostedPorts | PostedMemory;

/** The far ends as ports, all of which are transferred. */
export interface PostedPorts {
  readonly type: "ports";
  readonly pipeBytes: number;
  readonly stdioBytes: number;
  readonly stdin: MessagePort;
  readonly stdout: MessagePort;
  readonly stderr: MessagePort;
  readonly rpc: MessagePort;
  readonly http: MessagePort | undefined;
  readonly tty: MessagePort | undefined;
  readonly trees: readonly MessagePort[];
  readonly spill: MessagePort | undefined;
  readonly files: MessagePort | undefined;
}

/** The far ends in shared memory; nothing is transferred. */
export interface PostedMemory {
  readonly type: "memory";
  readonly memory: SharedDuplexMemory;
  readonly meter: SharedArrayBuffer;
  /** Memory for the read-ahead of its trees. @see openNearTrees */
  readonly near: SharedArrayBuffer;
  /** Whether the host has a spill for the cell. */
  readonly spills: boolean;
  /** Whether the cell shares files with others. */
  readonly sharesFiles: boolean;
}

/** The cell's ends. */
export interface CellPipes {
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly rpc: Duplex;
  readonly http: HttpChannel | undefined;
  readonly tty: Duplex | undefined;
  /** The trees that the host opened the pipes with, in the same order. */
  readonly trees: readonly EventualTree[];
  readonly spill: Spill | undefined;
  readonly askFiles: AskFiles | undefined;
  readonly waits: Waits;
  readonly meter: CpuMeter;
}
