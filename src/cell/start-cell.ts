/** The host's side of a cell: a worker, its pipes, and one status whatever happens. */
import { Exception, openCalls, openRemoteTree, toMessage } from "#base";
import type { CellMode, ExitStatus, PortCalls, Snapshot, Spill, Waiting } from "#base";
import type { Cell, CellSpec } from "./cell.ts";
import { watchCpu } from "./cpu-meter.ts";
import { formatBytes } from "./format-bytes.ts";
import { DEFAULT_LIMITS, STDIO_BYTES } from "./limits.ts";
import { openPipes } from "./open-pipes.ts";
import { toExitStatus, toMeterWords, toSnapshotEntries } from "./service.ts";
import type { CellOrder, CellQuestion } from "./service.ts";
import { openTtyHost } from "./tty-pipe.ts";
import type { WorkerLike } from "./worker-like.ts";

export interface StartPowers extends Waiting {
  /** A worker that runs `serveCell`; it is the cell's own, and terminated with it. */
  readonly spawn: () => WorkerLike;
  /** How the guest waits. */
  readonly mode: CellMode;
  /** A place of its own for files that there is no memory for; disposed when the cell has ended. */
  readonly createSpill?: (() => CellSpill) | undefined;
  /**
   * Given what its files have become, when the guest has exited; the cell lives until this has resolved, and contents can
   * be read until then. Must not reject.
   */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** For what the cell uses of its time. */
  readonly monotonicMs: () => number;
}

/** Where one cell keeps what it has no memory for. */
export interface CellSpill extends Spill, AsyncDisposable {}

/**
 * Starts the component in a worker of its own. The pipes can be used at once.
 *
 * The signal kills the cell, with its reason as the reason. Killing works in the middle of a busy loop.
 */
export function startCell(
  spec: CellSpec,
  { spawn, mode, createSpill, keepFiles, monotonicMs, signal }: StartPowers,
): Cell {
  signal?.throwIfAborted();
  requireSmallIndexes(spec);
  const gone = new AbortController();
  const ending = Promise.withResolvers<ExitStatus>();
  const { name, argv0 = name, component, args, env, mounts = [] } = spec;
  const { terminal, bare, writable, http } = spec;
  const trees = [spec.tree, ...mounts.map(({ tree }) => tree)];
  const limits = { ...DEFAULT_LIMITS, ...spec.limits };
  const spill = createSpill?.();
  const { pipeBytes, openFiles } = limits;
  let chargedMs = 0;
  const files = spec.sharedFiles?.openSession({
    openFiles,
    signal: gone.signal,
    monotonicMs,
    onUsed: (ms) => (chargedMs += ms),
  });
  const hasTty = spec.tty !== undefined;
  const pipes = openPipes(mode, {
    trees,
    spill,
    files,
    hasTty,
    pipeBytes,
    stdioBytes: spec.limits?.pipeBytes ?? STDIO_BYTES,
    http: http !== undefined,
    gone: gone.signal,
    monotonicMs,
  });
  const tty = spec.tty && pipes.tty && openTtyHost(pipes.tty, spec.tty.onMode, gone.signal);
  // Last, since nothing would terminate it if one of the above failed. Released at the end: a holder of the ended cell must
  // not keep its worker in memory.
  let worker: WorkerLike | undefined = spawn();
  let control: PortCalls | undefined = openCalls(worker);

  const kill = (reason: unknown, limit?: "cpuSeconds"): void => {
    // First of all the worker: nothing that the guest does after this can be seen.
    worker?.terminate();
    ending.resolve({ type: "killed", reason: toMessage(reason), ...(limit && { limit }) });
  };
  const onAbort = (): void => kill(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const told = event instanceof ErrorEvent && event.message !== "";
    const why = told ? event.message : "its worker script could not be loaded; reload the page";
    ending.resolve({ type: "trapped", message: `Cell "${name}" failed: ${why}` });
  });

  const run = async (): Promise<ExitStatus> => {
    const order: CellOrder = {
      name,
      argv0,
      component,
      args,
      env,
      cwd: spec.cwd,
      ttySize: spec.tty?.size,
      terminal,
      bare,
      writable,
      limits,
      http,
      indexes: trees.map(({ entries }) => entries),
      mountPaths: mounts.map(({ path }) => path),
      pipes: pipes.posted,
    };
    const question: CellQuestion = { type: "run", order };
    const status = toExitStatus(await control?.call(question, { moved: pipes.moved }));
    await pipes.finished;
    if (keepFiles !== undefined && control !== undefined && status.type === "exited") {
      await keepFiles(await takeSnapshot(control, gone.signal));
    }
    return status;
  };
  const watched = watchCpu({
    limitSeconds: limits.cpuSeconds,
    shared: pipes.meter,
    read: () => pipes.meter ?? readMeter(control),
    chargedMs: () => chargedMs,
    exceeded: (reason) => kill(reason, "cpuSeconds"),
    monotonicMs,
    signal: gone.signal,
  });
  run().then(ending.resolve, (reason: unknown) =>
    ending.resolve({
      type: "trapped",
      message: `Cell "${name}" failed: ${toMessage(reason)}`,
    }),
  );
  const exited = ending.promise.then(async (status) => {
    signal?.removeEventListener("abort", onAbort);
    control?.[Symbol.dispose]();
    worker?.terminate();
    worker = control = undefined;
    gone.abort();
    files?.[Symbol.dispose]();
    await spill?.[Symbol.asyncDispose]();
    return status;
  });

  return {
    stdin: pipes.stdin,
    stdout: pipes.stdout,
    stderr: pipes.stderr,
    rpc: pipes.rpc,
    http: pipes.http,
    tty,
    get cpuMs() {
      return watched.busyMs + chargedMs;
    },
    exited,
    chargeCpu(ms) {
      chargedMs += ms;
    },
    async [Symbol.asyncDispose]() {
      kill("its host no longer needs it");
      await exited;
    },
  };
}

/** What a name in an index takes of the heap beside its letters, of two bytes each. */
const NAME_BYTES = 150;

/**
 * Each cell gets its image's index. What it takes is as much as the host keeps for it of other things at most, so that many
 * cells of one image take no more than their memories.
 *
 * @throws {Exception} `overloaded` when it takes more
 */
function requireSmallIndexes({ tree, mounts = [], limits }: CellSpec): void {
  const { memoryBytes } = { ...DEFAULT_LIMITS, ...limits };
  let left = memoryBytes / 2;
  for (const { entries } of [tree, ...mounts.map((mount) => mount.tree)]) {
    for (const [path, entry] of entries) {
      left -= NAME_BYTES + 2 * path.length + (entry.type === "link" ? 2 * entry.target.length : 0);
      if (left >= 0) continue;
      const state = `the names in its image take more than half of the ${formatBytes(memoryBytes)} of memory that it may have`;
      throw new Exception("overloaded", `Cannot start process: ${state}; give it more`);
    }
  }
}

async function readMeter(control: PortCalls | undefined): Promise<Int32Array> {
  return toMeterWords(await control?.call({ type: "meter" } satisfies CellQuestion));
}

/** @param gone aborts reads that can no longer be answered */
async function takeSnapshot(control: PortCalls, gone: AbortSignal): Promise<Snapshot> {
  const { port1, port2 } = new MessageChannel();
  gone.addEventListener("abort", () => port1.close(), { once: true });
  const question: CellQuestion = { type: "snapshot", port: port2 };
  const entries = toSnapshotEntries(await control.call(question, { moved: [port2] }));
  const remote = openRemoteTree(entries, port1);
  return {
    entries,
    read(path, offset, lengthBytes, { signal } = {}) {
      const ending = signal === undefined ? gone : AbortSignal.any([gone, signal]);
      return remote.read(path, offset, lengthBytes, { signal: ending });
    },
  };
}
