/** A cell as its host sees it: four pipes and how it ended. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  ExitStatus,
  ProcessLimits,
  Program,
  SharedFiles,
  TerminalSize,
  View,
} from "#base";
import type { TtyMode } from "#wasi";
import type { CompiledComponent } from "./compile-component.ts";
import type { TtyHost } from "./tty-pipe.ts";

/** What a cell is started with. */
export interface CellSpec extends Program, View {
  readonly component: CompiledComponent;
  /** Its limits; `DEFAULT_LIMITS` for those left out. */
  readonly limits?: Partial<ProcessLimits> | undefined;
  /** What it has of HTTP; nothing by default. */
  readonly http?: CellHttp | undefined;
  /** Files that it shares with others, in the place of its own tree. Lent. */
  readonly sharedFiles?: SharedFiles | undefined;
  /** The terminal that its streams are connected to, if its program asks for more than they give. */
  readonly tty?: CellTty | undefined;
}

/** At least one of both. */
export interface CellHttp {
  /** Whether it answers requests one by one, by `wasi:http/incoming-handler`, instead of being run. */
  readonly serves?: boolean;
  /** Whether it may call out. */
  readonly asks?: boolean;
}

export interface CellTty {
  readonly size: TerminalSize;
  /** Called with each mode that the program sets. */
  readonly onMode: (mode: TtyMode) => void;
}

/** A running component. Disposing kills it, and waits until nothing of it is left. */
export interface Cell extends AsyncDisposable {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** The far end of the guest's `wetware:streams` connection. */
  readonly rpc: Duplex;
  /** The near end of an `HttpChannel`, for one that has HTTP. */
  readonly http: Duplex | undefined;
  /** What its program is told of its terminal. */
  readonly tty: TtyHost | undefined;
  /**
   * Resolves once, and never rejects: what the guest wrote before its exit can be read by then, all pipes have their
   * end, and the worker is gone.
   */
  readonly exited: Promise<ExitStatus>;
  /** Processor time that it has used, as far as its waits have told; whole milliseconds. */
  readonly cpuMs: number;
  /** Counts time that its host was busy for it as time that its guest has run. */
  chargeCpu(ms: number): void;
}
