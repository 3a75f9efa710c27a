/** A cell as its host sees it: its pipes, and how it ended. */
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

/** Everything that a cell is started with. */
export interface CellSpec extends Program, View {
  readonly component: CompiledComponent;
  /** Limits that are left out default to `DEFAULT_LIMITS`. */
  readonly limits?: Partial<ProcessLimits> | undefined;
  /** Its uses of HTTP; none by default. */
  readonly http?: CellHttp | undefined;
  /** Files that it shares with other cells, in place of a tree of its own. Lent. */
  readonly sharedFiles?: SharedFiles | undefined;
  /** The terminal behind its streams, if the program uses more of a terminal than streams. */
  readonly tty?: CellTty | undefined;
}

/** At least one of the two is true. */
export interface CellHttp {
  /** Whether it is not run, but answers requests one at a time by `wasi:http/incoming-handler`. */
  readonly serves?: boolean;
  /** Whether it may send requests. */
  readonly asks?: boolean;
}

export interface CellTty {
  readonly size: TerminalSize;
  /** Called with each mode that the program sets. */
  readonly onMode: (mode: TtyMode) => void;
}

/** A running component. Disposing kills it, and waits until `exited`. */
export interface Cell extends AsyncDisposable {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** The far end of the guest's `wetware:streams` connection. */
  readonly rpc: Duplex;
  /** The near end of an `HttpChannel`, if the cell uses HTTP. */
  readonly http: Duplex | undefined;
  /** Tells the program about its terminal; `undefined` unless the spec has `tty`. */
  readonly tty: TtyHost | undefined;
  /**
   * Resolves when everything that the guest wrote before its exit can be read, all pipes have ended, and the worker is
   * terminated. Never rejects.
   */
  readonly exited: Promise<ExitStatus>;
  /** Milliseconds of processor time used and charged, up to the last wait of the guest that the host knows of. */
  readonly cpuMs: number;
  /**
   * Whether its guest waits for standard input, perhaps beside other things. Where memory is not shared, the worker answers
   * when the guest next waits.
   */
  waitsForInput(): Promise<boolean>;
  /** Adds time that the host spent on behalf of the cell to the cell's processor time. */
  chargeCpu(ms: number): void;
}
