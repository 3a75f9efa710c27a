/** A cell as its host sees it: four pipes and how it ended. */
import type { ByteSink, ByteSource, Duplex, FileTree, Mount, Terminals } from "#base";
import type { CompiledComponent } from "./compile-component.ts";
import type { CellLimits } from "./limits.ts";

/** What a cell is started with. */
export interface CellSpec {
  /** What messages call it. */
  readonly name: string;
  /** What the guest finds as its first argument; the name unless told. */
  readonly argv0?: string | undefined;
  readonly component: CompiledComponent;
  /** The arguments after the name. */
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** What the guest finds at `/`. */
  readonly tree: FileTree;
  /** Whether it can write there too; false unless told. What it writes goes with it. */
  readonly writable?: boolean | undefined;
  /** What else it finds, and may write to; what it writes goes with it. */
  readonly mounts?: readonly Mount[] | undefined;
  /** Whether it finds no directory at all, neither `/` nor `/tmp`; false unless told. */
  readonly bare?: boolean | undefined;
  /** What it may use; as `DEFAULT_LIMITS` says unless told. */
  readonly limits?: Partial<CellLimits> | undefined;
  /** Whether a person reads and types at its stdio; false unless told. */
  readonly terminal?: Terminals | undefined;
}

/** How a cell ended; messages and reasons are for a person. */
export type ExitStatus =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "trapped"; readonly message: string }
  | { readonly type: "killed"; readonly reason: string };

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
