/** The processes of one run: which are live, what each may use, and that none outlives the run. */
import { Exception } from "#base";
import type { ExitStatus, FileTree, Logger } from "#base";
import { AnyClient, serve } from "#capnp";
import { Host } from "#schema";
import type { Counters, ProcessEntry } from "#schema";
import type { Client } from "#capnp";
import { countTransport } from "./count-transport.ts";
import { serveChildHost } from "#caps";
import type { Node, RunningProcess, Spawner } from "#caps";
import { connect, createBudget, createStreamTransport } from "#rpc";
import type { Budget, Scheduler } from "#rpc";
import { chooseCacheBytes } from "./limits.ts";
import type { ChosenLimits } from "./limits.ts";
import { createMemoryShares } from "./memory-shares.ts";
import type { Cell, CellRequest, Cells } from "./powers.ts";

/** Maximal number of live processes in one run. */
const PROCESS_LIMIT = 128;
/** The pid of the first process, which is its own parent. */
const FIRST_PID = 0;

/** Bytes that calls of all processes of a run may hold; beyond it calls wait. */
const HELD_BYTES = 64 * 1024 * 1024;

/** A process with the exit status of its cell. */
interface TableProcess extends RunningProcess {
  /** The kernel resources that it has used. */
  readonly used: Omit<Counters, "pid">;
  readonly exited: Promise<ExitStatus>;
}

/** A live process. */
interface ListedProcess {
  readonly entry: ProcessEntry;
  readonly process: TableProcess;
}

export interface ProcessTable extends AsyncDisposable {
  /** Live processes, in start order. */
  readonly processes: readonly ProcessEntry[];
  /** The kernel resources that each of them has used. */
  readonly counters: readonly Counters[];
  /** Starts the first process with a borrowed bootstrap capability. The signal kills it. */
  startFirst(request: CellRequest, bootstrap: Client, signal: AbortSignal): Promise<TableProcess>;
  /** Starts children of the first process; each bootstraps a bare Host. */
  createSpawner(): Spawner;
}

export interface ProcessTablePowers {
  readonly cells: Cells;
  readonly node: Node;
  /** Shares the thread's time among the connections of all runs. */
  readonly scheduler: Scheduler;
  /** The tree that children see at `/`. */
  readonly tree: FileTree;
  /** Limits of each process. */
  readonly limits: ChosenLimits;
  readonly logger: Logger;
  /** Called when a process has started or ended. */
  readonly onChanged?: (() => void) | undefined;
}

export function createProcessTable({
  cells,
  node,
  scheduler,
  tree,
  limits,
  logger,
  onChanged,
}: ProcessTablePowers): ProcessTable {
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();
  const budget = createBudget(HELD_BYTES);
  const processes = new Map<number, ListedProcess>();
  let nextPid = FIRST_PID;
  const { children: childLimit, runMemoryBytes, ...cellLimits } = limits;
  const memory = createMemoryShares({
    cellBytes: limits.memoryBytes,
    // What the first process needs is not taken from it.
    runBytes: Math.max(limits.memoryBytes, runMemoryBytes - chooseCacheBytes(limits)),
    processes: PROCESS_LIMIT,
  });

  /** The signal, or the end of the run, kills the process, even while it starts. */
  const start = async (
    request: CellRequest,
    { pid, parent }: Pick<ProcessEntry, "pid" | "parent">,
    bootstrap: Client,
    signal: AbortSignal,
  ): Promise<TableProcess> => {
    if (running.size >= PROCESS_LIMIT) {
      throw new Exception(
        "overloaded",
        `Cannot start process: ${PROCESS_LIMIT} are running; end one first`,
      );
    }
    const share = memory.take();
    try {
      const starting = cells.start(
        { ...request, limits: { ...cellLimits, memoryBytes: share.bytes } },
        { signal: AbortSignal.any([stop.signal, signal]) },
      );
      const cell = await track(running, starting);
      const args = [request.argv0 ?? request.name, ...request.args];
      const process = toProcess(cell, { bootstrap, budget, scheduler }, running);
      processes.set(pid, { entry: { pid, parent, args }, process });
      logger.log("debug", "kernel", "process has started", { pid, parent });
      onChanged?.();
      // Never rejects.
      void cell.exited.then(({ type }) => {
        logger.log("debug", "kernel", "process has ended", { pid, outcome: type });
        share[Symbol.dispose]();
        processes.delete(pid);
        onChanged?.();
      });
      return process;
    } catch (error) {
      share[Symbol.dispose]();
      throw error;
    }
  };

  const createSpawner = (parent: number): Spawner => {
    const children = new Set<Promise<unknown>>();
    return {
      async spawn({ component, args, env }, { signal } = {}) {
        signal?.throwIfAborted();
        if (children.size >= childLimit) {
          const state =
            childLimit === 0
              ? "this one may have no children"
              : `this one has ${childLimit} children already; end one first`;
          throw new Exception("overloaded", `Cannot start process: ${state}`);
        }
        // The caller's signal cancels the start; a started process lives independently of it.
        const givenUp = new AbortController();
        const giveUp = (): void => givenUp.abort(signal?.reason);
        signal?.addEventListener("abort", giveUp, { once: true });
        try {
          const pid = nextPid++;
          using host = serve(Host, serveChildHost(node, createSpawner(pid)));
          const request = { name: "process", component, args, env, tree };
          const starting = start(request, { pid, parent }, host, givenUp.signal);
          const child = await track(children, starting);
          void track(children, child.exited); // never rejects
          return child;
        } finally {
          signal?.removeEventListener("abort", giveUp);
        }
      },
    };
  };
  return {
    get processes() {
      return [...processes.values()].map(({ entry }) => entry);
    },
    get counters() {
      return [...processes].map(([pid, { process }]) => ({ pid, ...process.used }));
    },
    startFirst(request, bootstrap, signal) {
      const pid = nextPid++;
      return start(request, { pid, parent: pid }, bootstrap, signal);
    },
    createSpawner: () => createSpawner(FIRST_PID),
    async [Symbol.asyncDispose]() {
      stop.abort(new Exception("disconnected", "The first process of the image has ended"));
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

function toProcess(
  cell: Cell,
  served: {
    readonly bootstrap: Client;
    readonly budget: Budget;
    readonly scheduler: Scheduler;
  },
  running: Set<Promise<unknown>>,
): TableProcess {
  const [transport, counts] = countTransport(createStreamTransport(cell.rpc));
  let busyMs = 0;
  const connection = connect(transport, {
    ...served,
    onUsed(ms) {
      busyMs += ms;
      cell.chargeCpu(ms);
    },
  });
  const exited = cell.exited.then((status) => {
    // Releases all capabilities of the process, and fails pending calls to it.
    connection[Symbol.dispose]();
    return status;
  });
  void track(running, exited); // never rejects
  return {
    stdin: cell.stdin,
    stdout: cell.stdout,
    stderr: cell.stderr,
    get used() {
      return { ...counts, openCalls: connection.tableSizes.answers, busyMs };
    },
    exited,
    exitCode: exited.then(toExitCode),
    bootstrap: () => connection.bootstrap(AnyClient),
    kill: () => void cell[Symbol.asyncDispose](), // `exited` resolves at the end
  };
}

/** Exit codes as in shells: a trap is 1, a killed process 137. */
function toExitCode(status: ExitStatus): number {
  if (status.type === "exited") return status.code;
  return status.type === "trapped" ? 1 : 137;
}

async function track<T>(running: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  running.add(promise);
  try {
    return await promise;
  } finally {
    running.delete(promise);
  }
}
