/** The kernel's contract. */
import type { CellMode, Outcome, RunLimits } from "#base";
import type { Counters, Order, ProcessEntry, Stage as StageRecord } from "#schema";
import type { Epochs, RunningProcess } from "#caps";
import type { SavedImage } from "./powers.ts";

/** How far a run is, before its end. */
export type Stage = Exclude<StageRecord, { readonly which: number } | { readonly which: "ended" }>;

/** An image that is being opened, runs, or has ended. */
export interface Run {
  /** Counts up; never used again. */
  readonly id: number;
  readonly layers: readonly string[];
  /** Those that hold for each of its processes. */
  readonly limits: RunLimits;
  readonly epochs: Epochs;
  readonly stage: Stage;
  /** Those that live, in the order in which they were started. */
  readonly processes: readonly ProcessEntry[];
  /** What each of them has used of the kernel. */
  readonly counters: readonly Counters[];
  /** The first process, once it has started; `undefined` when the run ended before. Never rejects. */
  readonly started: Promise<RunningProcess | undefined>;
  /** Resolves once, when nothing of it is left but output to be read. Never rejects. */
  readonly ended: Promise<Outcome>;
  /** The outcome, once it has ended. */
  readonly outcome: Outcome | undefined;
  /** What was stored at the end, of an order that asked for it. */
  readonly saved: SavedImage | undefined;
  /** Kills every process; the run then ends as `killed` for this reason. */
  stop(reason: Error): void;
}

/** Runs images. Disposing ends all of them. */
export interface Kernel extends AsyncDisposable {
  /** How its guests wait. */
  readonly mode: CellMode;
  /** Those that were not forgotten, in the order in which they were started. */
  readonly runs: readonly Run[];
  /** Opens an image and runs it to its end: the component that it names as the first process, and whatever that starts. */
  start(order: Order): Run;
  /** Stops the run if it has not ended, and has it in no list any more. */
  forget(run: Run, reason: Error): void;
  /**
   * Tells of every run now, and when one has begun, changed or been forgotten; many changes in one turn may be told as one.
   *
   * @returns what ends that
   */
  watch(changed: (run: Run) => void, forgotten: (run: Run) => void): () => void;
}
