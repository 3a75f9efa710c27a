/** The interfaces of the kernel and its runs. */
import type { CellMode, Outcome, RunLimits } from "#base";
import type { Counters, Order, ProcessEntry, SandboxOrder, Stage as StageRecord } from "#schema";
import type { Account, Epochs, HttpHandlers, RunningProcess } from "#caps";
import type { OwnerPeers } from "./owner-peers.ts";
import type { SavedImage } from "./powers.ts";
import type { RunStreams } from "./run-streams.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";

/** The stage of a run that has not ended. */
export type Stage = Exclude<StageRecord, { readonly which: number } | { readonly which: "ended" }>;

/**
 * How a program can answer HTTP requests: it exports a handler, or it may serve one on its connection. `undefined` when it can
 * do neither, or has not started.
 */
export type ServedBy = "component" | "bootstrap" | undefined;

/** An image that is being opened, is running, or has ended. */
export interface Run {
  /** Ascending, never reused. */
  readonly id: number;
  readonly layers: readonly string[];
  /** The limits of each of its processes. */
  readonly limits: RunLimits;
  readonly epochs: Epochs;
  readonly stage: Stage;
  /** Live processes, in start order. */
  readonly processes: readonly ProcessEntry[];
  /** The kernel resources that each of them has used. */
  readonly counters: readonly Counters[];
  readonly streams: RunStreams;
  readonly account: Account;
  /** The HTTP handlers that its processes serve, by path prefix. */
  readonly handlers: HttpHandlers;
  readonly served: ServedBy;
  /** Whether the first process waits for its standard input. */
  waitsForInput(): Promise<boolean>;
  /**
   * The first process of the current head; waits for its start.
   *
   * @throws {Exception} `disconnected` if the run ends before that.
   */
  findFirst(): Promise<RunningProcess>;
  /** Begins the next epoch. @see capnp/owner.capnp Run.advance @throws {Exception} when the run has ended. */
  advance(head: Uint8Array): void;
  /** Resolves when all its processes have ended; output may still be unread. Never rejects. */
  readonly ended: Promise<Outcome>;
  /** The outcome, after the end. */
  readonly outcome: Outcome | undefined;
  /** The stored image, after the end, if the order asked for it. */
  readonly saved: SavedImage | undefined;
  /** Kills every process; the outcome is `killed`, with this reason. */
  stop(reason: Error): void;
}

/** A sandbox and its id; runs and sandboxes share one sequence of ids. */
export interface OpenedSandbox {
  readonly id: number;
  readonly sandbox: Sandbox;
}

/** Runs images. Disposing ends all runs and sandboxes. */
export interface Kernel extends AsyncDisposable {
  /** How guests wait. */
  readonly mode: CellMode;
  /** The services that the owner offers to peers, and calls to the peers' services. */
  readonly peers: Pick<OwnerPeers, "share" | "serve" | "dial">;
  /** Runs that have not been forgotten, in start order. */
  readonly runs: readonly Run[];
  /** Opens an image and runs its program as the first process. */
  start(order: Order): Run;
  /**
   * Opens an image as the files of a sandbox.
   *
   * @throws {Exception} when the image cannot be opened, or a limit is out of range.
   */
  openSandbox(order: SandboxOrder, signal: AbortSignal): Promise<OpenedSandbox>;
  /** Stops the run, and removes it from the list. */
  forget(run: Run, reason: Error): void;
  /**
   * Calls back for every run now, and when one starts, changes or is forgotten; changes of one turn may be combined.
   *
   * @returns stops the callbacks
   */
  watch(changed: (run: Run) => void, forgotten: (run: Run) => void): () => void;
}
