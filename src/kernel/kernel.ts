/** The kernel's contract, the same in its worker and on the page that started it. */
import type { ByteSink, ByteSource, FileTree, Mount, Snapshot, Terminals, Waiting } from "#base";
import type { CellLimits, CellMode, ExitStatus } from "./powers.ts";

/** An image to be run, and what its first process is given. */
export interface RunRequest {
  /** What messages call it. */
  readonly name: string;
  /** Where the first process's component stands in the tree; `bin/main.wasm` unless told. */
  readonly entrypoint?: string | undefined;
  /** What it finds as its first argument; the path of its component unless told. */
  readonly argv0?: string | undefined;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** The union of the image's layers. */
  readonly tree: FileTree;
  /** Whether the first process can write to them, as volatile as all that it writes; false unless told. */
  readonly writable?: boolean | undefined;
  /** What the first process finds beside, and may write to; its children do not. */
  readonly mounts?: readonly Mount[] | undefined;
  /** Whether the first process finds no directory at all, neither `/` nor `/tmp`; false unless told. */
  readonly bare?: boolean | undefined;
  /**
   * Given what the files of the first process have become, when it has exited: the image, then the mounts, are the volumes
   * of the snapshot. The run goes on until this has resolved. Must not reject.
   */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** What each of its processes may use. */
  readonly limits?: RunLimits | undefined;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /**
   * Which of its streams lead to a terminal, where a person reads or types; none unless told. Where both outputs do, both are
   * in `stdout`.
   */
  readonly terminal?: Terminals | undefined;
}

/** What each process of a run may use; what is left out has a limit all the same. */
export interface RunLimits extends CellLimits {
  /** What all of them have of memory together; 2 GiB unless told, or what one may have, if that is more. */
  readonly runMemoryBytes?: number;
  /** How many processes it may have started that have not ended. */
  readonly children?: number;
}

/** How far a run has come: its component is being prepared, or runs. */
export type RunState = "preparing" | "running";

/** How a run ended; `failed` when it never began, with the reason in one sentence. */
export type RunOutcome = ExitStatus | { readonly type: "failed"; readonly reason: string };

export interface RunOptions extends Waiting {
  readonly onState?: (state: RunState) => void;
}

/** Runs images. Disposing ends all of them. */
export interface Kernel extends AsyncDisposable {
  /**
   * Runs an image to its end: the component at its entrypoint as its first process, and whatever that starts.
   *
   * The pipes are taken over; what the process wrote is in `stdout` and `stderr`, and their end too, when this resolves.
   * The signal ends the run, which then resolves to `killed`. Never rejects.
   */
  run(request: RunRequest, options?: RunOptions): Promise<RunOutcome>;
}

/** A kernel in this very worker. */
export interface LocalKernel extends Kernel {
  /** How its guests wait. */
  readonly mode: CellMode;
}
