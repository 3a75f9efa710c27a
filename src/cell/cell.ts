/** A cell as its host sees it: four pipes and how it ended. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  ExitStatus,
  ProcessLimits,
  Program,
  SharedFiles,
  View,
} from "#base";
import type { CompiledComponent } from "./compile-component.ts";

/** What a cell is started with. */
export interface CellSpec extends Program, View {
  readonly component: CompiledComponent;
  /** Its limits; `DEFAULT_LIMITS` for those left out. */
  readonly limits?: Partial<ProcessLimits> | undefined;
  /** Files that it shares with others, in the place of its own tree. Lent. */
  readonly sharedFiles?: SharedFiles | undefined;
}

/** A running component. Disposing kills it, and waits until nothing of it is left. */
export interface Cell extends AsyncDisposable {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** The far end of the guest's `wetware:streams` connection. */
  readonly rpc: Duplex;
  /**
   * Resolves once, and never rejects: what the guest wrote before its exit can be read by then, all pipes have their
   * end, and the worker is gone.
   */
  readonly exited: Promise<ExitStatus>;
  /** Counts time that its host was busy for it as time that its guest has run. */
  chargeCpu(ms: number): void;
}
