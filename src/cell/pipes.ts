/** The pipes between a host and its cell, by either way to wait. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  EventualTree,
  FileSession,
  FileTree,
  SharedDuplexMemory,
  Spill,
} from "#base";
import type { AskFiles, Waits } from "#wasi";
import type { CpuMeter } from "./cpu-meter.ts";

/** What pipes are opened with. */
export interface PipeOptions {
  readonly trees: readonly FileTree[];
  /** Unread bytes in each pipe but input and output. */
  readonly pipeBytes: number;
  /** Unread bytes in each of input and output. */
  readonly stdioBytes: number;
  /** Where the cell keeps what it has no memory for; `undefined` when there is no such place. Lent. */
  readonly spill: Spill | undefined;
  /** Whether there is a pipe for HTTP. */
  readonly http: boolean;
  /** Of the files that it shares with others, if it does. Lent. */
  readonly files: FileSession | undefined;
  /** Whether it is told of a terminal. */
  readonly hasTty: boolean;
  /** Fires when the worker has ended. */
  readonly gone: AbortSignal;
  readonly monotonicMs: () => number;
}

/** The host's ends. They end when the worker is gone, after what had arrived. */
export interface HostPipes {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  readonly rpc: Duplex;
  readonly http: Duplex | undefined;
  /** About its terminal, if it has one. */
  readonly tty: Duplex | undefined;
  /** What the cell makes its own ends of. */
  readonly posted: PostedPipes;
  /** Of that, what is moved. */
  readonly moved: Transferable[];
  /** Resolves when all that the cell wrote before its status has arrived. */
  readonly finished: Promise<void>;
  /** The words of the cell's CPU meter; `undefined` when the cell must be asked for them. */
  readonly meter: Int32Array | undefined;
}

/** Can be posted. */
export type PostedPipes = PostedPorts | PostedMemory;

/** The far ends; all ports are transferred. */
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

/** Is cloned, and the memory shared. */
export interface PostedMemory {
  readonly type: "memory";
  readonly memory: SharedDuplexMemory;
  readonly meter: SharedArrayBuffer;
  /** Where the host puts what the cell reads on of its trees. */
  readonly near: SharedArrayBuffer;
  /** Whether there is a place for what the cell has no memory for. */
  readonly spills: boolean;
  /** Whether it shares files with others. */
  readonly sharesFiles: boolean;
}

/** The cell's ends. */
export interface CellPipes {
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly rpc: Duplex;
  readonly http: Duplex | undefined;
  readonly tty: Duplex | undefined;
  /** Contents of the trees that the host opened the pipes with, in their order. */
  readonly trees: readonly EventualTree[];
  readonly spill: Spill | undefined;
  readonly askFiles: AskFiles | undefined;
  readonly waits: Waits;
  readonly meter: CpuMeter;
}
