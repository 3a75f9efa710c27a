/** The host's side of a cell: its worker, its pipes, and its exit status, which always comes. */
import { Exception, openCalls, openRemoteTree, toMessage } from "#base";
import type { CellMode, ExitStatus, PortCalls, Snapshot, Spill, Waiting } from "#base";
import type { Cell, CellSpec } from "./cell.ts";
import { isForInput, watchCpu } from "./cpu-meter.ts";
import { formatBytes } from "./format-bytes.ts";
import { DEFAULT_LIMITS, STDIO_BYTES } from "./limits.ts";
import { openPipes } from "./open-pipes.ts";
import { toExitStatus, toMeterWords, toSnapshotEntries } from "./service.ts";
import type { CellOrder, CellQuestion } from "./service.ts";
import { openTtyHost } from "./tty-pipe.ts";
import type { WorkerLike } from "./worker-like.ts";

export interface StartPowers extends Waiting {
  /** Starts a worker that runs `serveCell`. The cell owns the worker, and terminates it at its end. */
  readonly spawn: () => WorkerLike;
  /** How the guest waits. */
  readonly mode: CellMode;
  /** Creates a spill for this cell, which is disposed when the cell has ended. */
  readonly createSpill?: (() => CellSpill) | undefined;
  /**
   * Called with a snapshot of the files after the guest has exited. The cell lives, and its contents can be read, until
   * the promise resolves. Must not reject.
   */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** Clock for the cell's processor time. */
  readonly monotonicMs: () => number;
}

/** The spill of one cell. */
export interface CellSpill extends Spill, AsyncDisposable {}

/**
 * Starts the component in a worker of its own. The pipes can be used at once.
 *
 * The signal kills the cell, with the signal's reason. Killing works even in the middle of a busy loop.
 *
 * @throws {Exception} `overloaded` when the names of its image take too much memory.
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
  // Spawned last, since nothing would terminate the worker if one of the above threw. Released at the end, since a caller
  // that still holds the ended cell must not keep the worker in memory.
  let worker: WorkerLike | undefined = spawn();
  let control: PortCalls | undefined = openCalls(worker);

  const kill = (reason: unknown, limit?: "cpuSeconds"): void => {
    // The worker first, so that no later action of the guest has an effect.
    worker?.terminate();
    ending.resolve({ type: "killed", reason: toMessage(reason), ...(limit && { limit }) });
  };
  const onAbort = (): void => kill(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const hasMessage = event instanceof ErrorEvent && event.message !== "";
    const why = hasMessage
      ? event.message
      : "its worker script could not be loaded; reload the page";
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
  let asking: Promise<boolean> | undefined;
  const askForInput = async (): Promise<boolean> =>
    isForInput(pipes.meter ?? (await readMeter(control)));
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
    waitsForInput() {
      // One question for all callers: a worker without shared memory answers none while its guest is busy.
      asking ??= askForInput().finally(() => (asking = undefined));
      return asking;
    },
    chargeCpu(ms) {
      chargedMs += ms;
    },
    async [Symbol.asyncDispose]() {
      kill("its host no longer needs it");
      await exited;
    },
  };
}

/** Heap bytes that a name in an index takes besides its characters, of two bytes each. */
const NAME_BYTES = 150;

/**
 * Limits the indexes of a cell's trees to half of its memory, as much as the host keeps for it otherwise: each cell gets
 * a copy, and many cells of one image must not take far more than their memories.
 *
 * @throws {Exception} `overloaded` when the indexes take more
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

/** @param gone aborts reads that the worker can no longer answer */
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
